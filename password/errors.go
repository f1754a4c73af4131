package password

import (
	"errors"
	"fmt"
	"time"
)

var (
	// ErrMalformed means that a stored hash cannot be read, requires more work than allowed, or needs a pepper key that
	// the hasher does not have. Treat it as a failed sign-in and record it, because the stored record is damaged or was
	// tampered with (ASVS 11.2.5).
	ErrMalformed = errors.New("password: malformed hash")

	// ErrBusy means that no hash was computed because too many were waiting. The error is a *[BusyError].
	ErrBusy = errors.New("password: too many hashes at once")

	// ErrTooLong means that the input is longer than [MaxBytes]. Only Hash and Derive return it; for Verify, such input
	// is no match.
	ErrTooLong = errors.New("password: longer than 1024 bytes")
)

// BusyError is returned for [ErrBusy]. Answer 503 with a Retry-After header.
type BusyError struct {
	RetryAfter time.Duration // how long to wait before retrying; whole seconds, at least one
}

// Error returns a text with the time to wait.
func (e *BusyError) Error() string {
	return fmt.Sprintf("password: too many hashes at once, retry after %s", e.RetryAfter)
}

// Is makes errors.Is(err, ErrBusy) true.
func (e *BusyError) Is(target error) bool { return target == ErrBusy }

// malformed returns the reason without the value: an encoded hash must not be logged.
func malformed(reason string) error { return fmt.Errorf("%w: %s", ErrMalformed, reason) }
