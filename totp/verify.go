package totp

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"time"
)

var (
	// ErrMalformed is returned for text that cannot be a code: it does not have
	// exactly the expected number of ASCII digits, or contains anything besides
	// them, white space and hyphens.
	ErrMalformed = errors.New("totp: not a code of the expected length")

	// ErrMismatch is returned for a well-formed code that is not valid now.
	ErrMismatch = errors.New("totp: code does not match")
)

// Verify reports whether code is valid at now, and returns the step it belongs
// to. The caller must accept that step only if it is strictly greater than the
// last one it accepted for this secret, atomically: Verify keeps no state and also
// accepts a code that was used before.
//
// Spaces, tabs, non-breaking spaces and hyphens in code are ignored. The current
// step is accepted, and one before and after it unless o.StrictWindow is set, but
// no others (RFC 6238 section 6). Every step of the window is compared in constant
// time, whichever matches.
//
// Two steps of a window share their digits about once in a million. Verify then
// returns the greatest one. Storing it makes those digits used for every step they
// were valid for; with a smaller one, they could be used again once the window has
// moved on.
//
// The error is [ErrMalformed] or [ErrMismatch] for a wrong code, and another one
// for the caller's mistake: an empty secret, unsupported options, a time before
// 1970.
// On any error the step is 0 and the code must be refused.
func Verify(s Secret, code string, now time.Time, o Options) (step int64, err error) {
	if err := checkUse(s, now, o); err != nil {
		return 0, fmt.Errorf("verify totp code: %w", err)
	}
	digits, err := parseCode(code, o)
	if err != nil {
		return 0, err
	}

	first := max(Step(now)-o.skew(), 0) // no step lies before the epoch
	last := Step(now) + o.skew()
	matched, offset := 0, 0
	for i := range int(last-first) + 1 { // upwards: the greatest match stays
		want, err := codeAt(s, first+int64(i), o)
		if err != nil {
			return 0, err
		}
		equal := subtle.ConstantTimeCompare([]byte(want), []byte(digits))
		matched |= equal
		offset = subtle.ConstantTimeSelect(equal, i, offset)
	}
	if matched != 1 {
		return 0, ErrMismatch
	}
	return first + int64(offset), nil
}
