package totp

import (
	"errors"
	"fmt"
	"time"
	"unicode"

	"github.com/pquerna/otp/hotp"
)

// maxCodeText bounds the length of a typed code; eight digits with a space around
// each are far below it.
const maxCodeText = 64

// Step returns the time step that contains at: the number of whole periods of 30
// seconds since the Unix epoch (RFC 6238 section 4.2). It is negative before 1970.
func Step(at time.Time) int64 {
	const seconds = int64(Period / time.Second)
	unix := at.Unix()
	step := unix / seconds
	if unix%seconds < 0 {
		step-- // round down, not towards zero
	}
	return step
}

// Code returns the code that an authenticator app shows at the given time. It is
// for tests and demonstrations; a server does not need it. An empty secret, options
// that [Options.Validate] refuses and a time before 1970 are errors.
func Code(s Secret, at time.Time, o Options) (string, error) {
	if err := checkUse(s, at, o); err != nil {
		return "", fmt.Errorf("make totp code: %w", err)
	}
	return codeAt(s, Step(at), o)
}

// checkUse refuses input that would produce plausible codes: otp accepts an empty
// secret, and a clock that was never set would wrap the counter.
func checkUse(s Secret, at time.Time, o Options) error {
	if s.IsZero() {
		return errors.New("secret is empty")
	}
	if at.Unix() < 0 {
		return errors.New("time is before 1970, is the clock set?")
	}
	return o.Validate()
}

// codeAt returns the code of one step. Its caller has run checkUse.
func codeAt(s Secret, step int64, o Options) (string, error) {
	code, err := hotp.GenerateCodeCustom(s.Base32(), uint64(step), hotp.ValidateOpts{
		Digits:    o.digits(),
		Algorithm: algorithms[o.Algorithm].hash,
	})
	if err != nil {
		return "", fmt.Errorf("make totp code: %w", err)
	}
	return code, nil
}

// parseCode returns the digits of a typed code, or ErrMalformed. It drops white
// space of every kind and ASCII hyphens, because apps and password managers group
// digits with them. Digits of other scripts are refused, not translated
// (RFC 4226 section 5.3 compares fixed-length ASCII strings).
func parseCode(text string, o Options) (string, error) {
	if len(text) > maxCodeText {
		return "", ErrMalformed
	}
	digits := make([]byte, 0, longDigits)
	for _, r := range text {
		switch {
		case '0' <= r && r <= '9':
			digits = append(digits, byte(r))
		case r != '-' && !unicode.IsSpace(r):
			return "", ErrMalformed
		}
	}
	if len(digits) != o.digits().Length() {
		return "", ErrMalformed
	}
	return string(digits), nil
}
