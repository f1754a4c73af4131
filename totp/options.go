package totp

import (
	"errors"
	"fmt"
	"time"

	"github.com/pquerna/otp"
)

const (
	// Period is the time step. It is fixed: apps often ignore any other value.
	Period = 30 * time.Second

	// DefaultDigits is the length of a code when [Options] does not say.
	DefaultDigits = 6

	// longDigits is the only other length: seven digits have too little support.
	longDigits = 8
)

// Options says how codes are made and which of them are accepted. The zero value
// is the recommended choice: SHA1, six digits, a window of one step either way.
type Options struct {
	// Algorithm is the hash under the HMAC. Default: SHA1. Others are opt-in,
	// because several apps ignore what the key URI asks for and use SHA1 anyway.
	Algorithm Algorithm

	// Digits is the length of a code, 6 or 8. Default (0): 6.
	Digits int

	// StrictWindow makes Verify accept the current step only, so a code lives for
	// 30 seconds and clocks must agree. Default (false): the step before and the
	// step after are accepted too, which allows for the delay of typing and for
	// clocks up to 30 seconds apart, and a code lives for 90 seconds.
	StrictWindow bool
}

// Validate reports every setting that this package does not support.
func (o Options) Validate() error {
	var errs []error
	if !o.Algorithm.known() {
		errs = append(errs, fmt.Errorf("totp: unknown algorithm %d", int(o.Algorithm)))
	}
	if o.Digits != 0 && o.Digits != DefaultDigits && o.Digits != longDigits {
		errs = append(errs, fmt.Errorf("totp: digits must be 6 or 8, not %d", o.Digits))
	}
	return errors.Join(errs...)
}

// digits returns the length of a code with the default filled in.
func (o Options) digits() otp.Digits {
	if o.Digits == 0 {
		return DefaultDigits
	}
	return otp.Digits(o.Digits)
}

// skew returns how many steps before and after the current one are accepted.
func (o Options) skew() int64 {
	if o.StrictWindow {
		return 0
	}
	return 1
}
