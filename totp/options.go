package totp

import (
	"crypto/fips140"
	"errors"
	"fmt"
	"time"

	"github.com/pquerna/otp"
)

const (
	// Period is the time step. It is fixed: apps often ignore any other value.
	Period = 30 * time.Second

	// DefaultDigits is the length of a code if [Options] does not set it.
	DefaultDigits = 6

	// longDigits is the only other length: too few apps support seven digits.
	longDigits = 8
)

// Options sets how codes are generated and which of them are accepted. The zero
// value is recommended: SHA1, six digits, a window of one step either way.
type Options struct {
	// Algorithm is the hash of the HMAC. Default: SHA1. Others are opt-in, because
	// several apps ignore the key URI and always use SHA1.
	Algorithm Algorithm

	// Digits is the length of a code, 6 or 8. Default (0): 6.
	Digits int

	// StrictWindow makes Verify accept only the current step, so a code works for
	// 30 seconds and clocks must agree. If false, the steps before and after are
	// also accepted, which allows for the delay of typing and for clocks up to 30
	// seconds apart, and a code works for 90 seconds.
	StrictWindow bool
}

// Validate reports every value that this package does not support. That includes
// SHA1 in a program that runs with GODEBUG=fips140=only, where it would panic.
func (o Options) Validate() error {
	var errs []error
	if o.Algorithm == SHA1 && fips140.Enforced() {
		errs = append(errs, errors.New("totp: GODEBUG=fips140=only forbids SHA1, which authenticator apps use; run with fips140=on"))
	}
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
