package reset

import (
	"errors"
	"fmt"
	"time"

	"github.com/postern-go/postern/store"
)

// ErrLink is what ErrUnknown, ErrUsed and ErrExpired have in common. To the
// person they are one page, which offers to ask for another link; only the
// audit tells them apart.
var ErrLink = errors.New("reset: link does not work")

// The ways in which a link does not work.
var (
	// ErrUnknown: never existed, malformed, of another purpose, or dead because
	// a newer one was made or it was revoked.
	ErrUnknown = fmt.Errorf("%w: unknown", ErrLink)
	// ErrUsed: spent before.
	ErrUsed = fmt.Errorf("%w: used", ErrLink)
	// ErrExpired: its life is over.
	ErrExpired = fmt.Errorf("%w: expired", ErrLink)
)

// ErrOff says that there are no links here. With a company sign-in the error is
// an *[SSOError].
var ErrOff = errors.New("reset: links are off")

// SSOError is the form in which [ErrOff] arrives when people sign in with their
// company: answer "not found" and say where that is.
type SSOError struct {
	URL string // the company sign-in, as configured
}

// Error says that links are off; it leaves the address out.
func (e *SSOError) Error() string { return "reset: links are off: people sign in with their company" }

// Is makes errors.Is(err, ErrOff) true.
func (e *SSOError) Is(target error) bool { return target == ErrOff }

// LimitedError says that too many requests came from one address. It is the
// same for accounts that exist and those that do not: answer 429 with a
// Retry-After header.
type LimitedError struct {
	RetryAt time.Time // when the next request may pass
}

// Error says that there were too many requests; it leaves the address out.
func (e *LimitedError) Error() string { return "reset: too many requests from one address" }

// LinkError turns the error of a commit that held a [Links.Spend] into
// ErrUnknown, ErrUsed or ErrExpired, keeping the store's error inside. Any other
// error, and nil, comes back as it is.
//
// When another write of the commit can fail with the same sentinel, the caller
// decides which it was: store.PutOperator too fails with store.ErrNotFound (the
// account is gone, so its link is), store.UseRecoveryCode with store.ErrUsed.
func LinkError(err error) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("%w (%w)", ErrUnknown, err)
	case errors.Is(err, store.ErrUsed):
		return fmt.Errorf("%w (%w)", ErrUsed, err)
	case errors.Is(err, store.ErrExpired):
		return fmt.Errorf("%w (%w)", ErrExpired, err)
	}
	return err
}
