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

	// Invitations allow for people who are on holiday.
	MinInviteLife = time.Hour
	MaxInviteLife = 30 * 24 * time.Hour

	DefaultPerAccount = 5
	MaxPerAccount     = 100

	DefaultGap = time.Minute
	MaxGap     = time.Hour

	DefaultPerIP = 30
	MaxPerIP     = 1000
)

// Policy sets how long links work and how many may be requested. A value outside
// its range is refused when it is used, so the zero Policy lets nothing pass: start
// from [DefaultPolicy].
type Policy struct {
	// Life is how long a link works: from 5 minutes to 24 hours, or, for
	// store.PurposeInvite, from 1 hour to 30 days. Default: 30 minutes. A change
	// does not affect existing links.
	Life time.Duration
	// PerAccount is how many requests for one account are allowed at once, and again
	// in each hour, one by one; but never less than one in each Life. From 1 to 100.
	// Default: 5.
	PerAccount int
	// Gap is the minimum time between two requests for one account, up to 1 hour, but
	// never more than Life; if zero, there is none. Default: 1 minute. A change does
	// not affect a gap that has begun.
	Gap time.Duration
	// PerIP is how many requests from one IP address are allowed at once, and again in
	// each hour, one by one. From 1 to 1000. Default: 30.
	PerIP int
}

// DefaultPolicy returns a life of 30 minutes, 5 requests an hour per account, a
// minute apart, and 30 an hour per IP address.
func DefaultPolicy() Policy {
	return Policy{
		Life:       DefaultLife,
		PerAccount: DefaultPerAccount,
		Gap:        DefaultGap,
		PerIP:      DefaultPerIP,
	}
}

// Validate reports every value outside its range, with the range of Life for
// password resets. Use it where people set these parameters.
func (p Policy) Validate() error { return p.ValidateFor(store.PurposeReset) }

// ValidateFor is Validate with the range of Life for links of the given purpose.
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
		inRange("requests per IP address", p.PerIP, 1, MaxPerIP),
	)
}

func inRange[T int | time.Duration](name string, value, least, most T) error {
	if value < least || value > most {
		return fmt.Errorf("reset: %s must be from %v to %v, not %v", name, least, most, value)
	}
	return nil
}
