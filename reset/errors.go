package reset

import (
	"errors"
	"fmt"
	"time"

	"github.com/postern-go/postern/store"
)

// ErrLink is the error that ErrUnknown, ErrUsed and ErrExpired wrap. People see the
// same page for all three, which offers another link; only the audit log
// distinguishes them.
var ErrLink = errors.New("reset: link does not work")

// The ways in which a link does not work.
var (
	// ErrUnknown means that the link never existed, is malformed, has another
	// purpose, or was revoked, for example by a newer one.
	ErrUnknown = fmt.Errorf("%w: unknown", ErrLink)
	// ErrMalformed is ErrUnknown for a text without a token, or with several: nothing was
	// looked up, so say what is wrong with it.
	ErrMalformed = fmt.Errorf("%w: not a token", ErrUnknown)
	// ErrCut is ErrUnknown for a link without its token: it was cut off before "#", or
	// a mail filter put a link of its own in its place.
	ErrCut = fmt.Errorf("%w: a link without its token", ErrUnknown)
	// ErrUsed means that the link was spent before.
	ErrUsed = fmt.Errorf("%w: used", ErrLink)
	// ErrExpired means that the link has expired.
	ErrExpired = fmt.Errorf("%w: expired", ErrLink)
)

// ErrOff means that there are no links here. With a company sign-in, the error is
// an *[SSOError].
var ErrOff = errors.New("reset: links are off")

// SSOError is returned for [ErrOff] if people use a company sign-in: answer "not
// found" and show its URL.
type SSOError struct {
	URL string // the company sign-in, as configured
}

// Error returns that links are off, without the URL.
func (e *SSOError) Error() string { return "reset: links are off: people sign in with their company" }

// Is makes errors.Is(err, ErrOff) true.
func (e *SSOError) Is(target error) bool { return target == ErrOff }

// LimitedError means that too many requests came from one IP address. It is the
// same whether or not the account exists: answer 429 with a Retry-After header.
type LimitedError struct {
	RetryAt time.Time // when the next request may pass
}

// Error returns that there were too many requests, without the IP address.
func (e *LimitedError) Error() string { return "reset: too many requests from one IP address" }

// LinkError turns the error of a commit that contained a [Links.Spend] into
// ErrUnknown, ErrUsed or ErrExpired, wrapping the store's error. It returns any
// other error, and nil, unchanged.
//
// If another write of the commit can fail with the same sentinel, the caller
// decides which one failed: store.PutOperator also fails with store.ErrNotFound
// (without the account there is no link either), and store.UseRecoveryCode with
// store.ErrUsed.
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
