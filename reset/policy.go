package reset

import (
	"errors"
	"fmt"
	"time"

	"github.com/postern-go/postern/store"
)

// Defaults and ranges of a [Policy].
const (
	DefaultLife = 30 * time.Minute
	MinLife     = 5 * time.Minute
	MaxLife     = 24 * time.Hour

	// Invitations wait for people who are on holiday.
	MinInviteLife = time.Hour
	MaxInviteLife = 30 * 24 * time.Hour

	DefaultPerAccount = 5
	MaxPerAccount     = 100

	DefaultGap = time.Minute
	MaxGap     = time.Hour

	DefaultPerAddress = 30
	MaxPerAddress     = 1000
)

// Policy says how long links live and how many may be asked for. A value
// outside its range is refused where it is used, so the zero Policy lets nothing
// pass: start from [DefaultPolicy].
type Policy struct {
	// Life is how long a link works, from 5 minutes to 24 hours; for the purpose
	// store.PurposeInvite from 1 hour to 30 days. Default: 30 minutes. A link
	// keeps the life it was made with.
	Life time.Duration
	// PerAccount is how many requests for one account pass within an hour, from
	// 1 to 100. Default: 5.
	PerAccount int
	// Gap is the time between two requests for one account, up to 1 hour; zero:
	// none. Default: 1 minute. A gap that has begun keeps its end.
	Gap time.Duration
	// PerAddress is how many requests from one address pass within an hour, from
	// 1 to 1000. Default: 30.
	PerAddress int
}

// DefaultPolicy is a life of 30 minutes, 5 requests per account and hour with a
// minute between two, and 30 per address and hour.
func DefaultPolicy() Policy {
	return Policy{
		Life:       DefaultLife,
		PerAccount: DefaultPerAccount,
		Gap:        DefaultGap,
		PerAddress: DefaultPerAddress,
	}
}

// Validate reports every value outside its range, with the life of a password
// reset. Use it where people set these parameters.
func (p Policy) Validate() error { return p.ValidateFor(store.PurposeReset) }

// ValidateFor is Validate with the life of links of the given purpose.
func (p Policy) ValidateFor(purpose string) error {
	return errors.Join(p.checkLife(purpose), p.checkLimits())
}

func (p Policy) checkLife(purpose string) error {
	least, most := MinLife, MaxLife
	if purpose == store.PurposeInvite {
		least, most = MinInviteLife, MaxInviteLife
	}
	return inRange("life", p.Life, least, most)
}

func (p Policy) checkLimits() error {
	return errors.Join(
		inRange("requests per account", p.PerAccount, 1, MaxPerAccount),
		inRange("gap", p.Gap, 0, MaxGap),
		inRange("requests per address", p.PerAddress, 1, MaxPerAddress),
	)
}

func inRange[T int | time.Duration](name string, value, least, most T) error {
	if value < least || value > most {
		return fmt.Errorf("reset: %s must be from %v to %v, not %v", name, least, most, value)
	}
	return nil
}
