package password

import (
	"errors"
	"fmt"
	"time"
)

var (
	// ErrMalformed reports a stored hash that cannot be read, that asks for more work than is allowed, or that needs a
	// pepper key the hasher does not have. Nobody gets in: treat it as a failed sign-in and record it, because a row of
	// the store is damaged or was tampered with (ASVS 11.2.5).
	ErrMalformed = errors.New("password: malformed hash")

	// ErrBusy reports that no hash was computed because too many were waiting. The error is a *[BusyError].
	ErrBusy = errors.New("password: too many hashes at once")

	// ErrTooLong reports input over [MaxBytes]. Only Hash and Derive return it; Verify answers "no match".
	ErrTooLong = errors.New("password: longer than 1024 bytes")
)

// BusyError is the form in which [ErrBusy] arrives. Answer 503 with a Retry-After header.
type BusyError struct {
	RetryAfter time.Duration // when asking again makes sense; whole seconds, at least one
}

// Error says how long to wait.
func (e *BusyError) Error() string {
	return fmt.Sprintf("password: too many hashes at once, retry after %s", e.RetryAfter)
}

// Is makes errors.Is(err, ErrBusy) true.
func (e *BusyError) Is(target error) bool { return target == ErrBusy }

// malformed gives the reason without the value: an encoded hash must not reach a log.
func malformed(reason string) error { return fmt.Errorf("%w: %s", ErrMalformed, reason) }
