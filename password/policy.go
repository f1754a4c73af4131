package password

import (
	"errors"
	"fmt"
	"time"

	"github.com/postern-go/postern/internal/messages"
)

// Defaults and ranges of a [Policy]. Lowest and Highest bound what a field may be set to; Max is a limit that no policy
// changes.
const (
	DefaultMinLength          = 15 // characters, if a password may be the only factor
	DefaultMinLengthTwoFactor = 12 // characters, if everyone must have two-factor authentication
	LowestMinLength           = 8
	HighestMinLength          = 64
	MaxLength                 = 256 // characters; MaxBytes applies as well
	DefaultMinStrength        = 3
	HighestHistory            = 24

	LowestMaxAge  = 24 * time.Hour
	HighestMaxAge = 3650 * 24 * time.Hour
)

// Policy defines which passwords may be set. It does not affect signing in: an accepted password stays valid if the
// policy changes. The zero value is the default policy. Characters are Unicode code points.
type Policy struct {
	// MinLength is the minimum number of characters, 8 to 64. Zero means DefaultMinLength.
	MinLength int
	// MinStrength is the minimum estimate of Strength, 1 to 4. Zero means DefaultMinStrength.
	MinStrength int
	// Classes are the kinds of character a password must contain. None by default.
	Classes Classes
	// History is how many earlier passwords must not be reused, 0 to 24; see Hasher.Reused. Zero means none.
	History int
	// MaxAge is how long a password may be used before it must be changed, 1 to 3650 days; see Policy.Expired. Zero
	// means without limit.
	MaxAge time.Duration
}

// Classes selects kinds of character, for sites whose contracts demand them; see [Policy.Departures].
type Classes struct {
	Lower  bool // a lower-case letter of any script
	Upper  bool // an upper-case letter of any script
	Digit  bool // a decimal digit of any script
	Symbol bool // anything other than letters, marks and numbers: punctuation, a space, an emoji
}

// DefaultPolicy returns the policy for an office in which a password may be the only factor.
func DefaultPolicy() Policy {
	return Policy{MinLength: DefaultMinLength, MinStrength: DefaultMinStrength}
}

// DefaultPolicyTwoFactor returns the policy for an office in which everyone must have two-factor authentication.
func DefaultPolicyTwoFactor() Policy {
	return Policy{MinLength: DefaultMinLengthTwoFactor, MinStrength: DefaultMinStrength}
}

// withDefaults makes zero fields safe, and limits values that Validate would refuse to their ranges, so that tampering
// with stored parameters cannot switch the policy off (ASVS 2.3.2).
func (p Policy) withDefaults() Policy {
	if p.MinLength == 0 {
		p.MinLength = DefaultMinLength
	}
	if p.MinStrength == 0 {
		p.MinStrength = DefaultMinStrength
	}
	p.MinLength = min(max(p.MinLength, LowestMinLength), HighestMinLength)
	p.MinStrength = min(max(p.MinStrength, 1), MaxStrength)
	p.History = min(max(p.History, 0), HighestHistory)
	if p.MaxAge != 0 {
		p.MaxAge = min(max(p.MaxAge, LowestMaxAge), HighestMaxAge)
	}
	return p
}

// Validate reports every value out of range, naming fields.
func (p Policy) Validate() error {
	var errs []error
	outside := func(field string, value any, least, most any) {
		errs = append(errs, fmt.Errorf("%s: %v is not between %v and %v", field, value, least, most))
	}
	if p.MinLength != 0 && (p.MinLength < LowestMinLength || p.MinLength > HighestMinLength) {
		outside("MinLength", p.MinLength, LowestMinLength, HighestMinLength)
	}
	if p.MinStrength < 0 || p.MinStrength > MaxStrength {
		outside("MinStrength", p.MinStrength, 1, MaxStrength)
	}
	if p.History < 0 || p.History > HighestHistory {
		outside("History", p.History, 0, HighestHistory)
	}
	if p.MaxAge != 0 && (p.MaxAge < LowestMaxAge || p.MaxAge > HighestMaxAge) {
		outside("MaxAge", p.MaxAge, LowestMaxAge, HighestMaxAge)
	}
	if len(errs) > 0 {
		return fmt.Errorf("password: policy: %w", errors.Join(errs...))
	}
	return nil
}

// Expired reports whether a password set at changedAt must be changed at now. Without MaxAge, it never must. An unknown
// (zero) time is expired, and so is one more than MaxAge in the future.
func (p Policy) Expired(changedAt, now time.Time) bool {
	if p.MaxAge == 0 {
		return false
	}
	p = p.withDefaults()
	return changedAt.IsZero() || now.Sub(changedAt).Abs() >= p.MaxAge
}

// Departures returns the values that depart from NIST SP 800-63B-4 section 3.1.1.2, for a mark beside each. The codes
// are those of [Policy.Requirements], and [CodeExpired] for the age. twoFactorForAll means that a password is never
// the only factor, in which case eight characters conform.
func (p Policy) Departures(twoFactorForAll bool) []Requirement {
	p = p.withDefaults()
	var out []Requirement
	add := func(code, key string) {
		out = append(out, Requirement{Code: code, Text: messages.English().Text("password.departs."+key, "n", DefaultMinLength)})
	}
	if p.MinLength < DefaultMinLength && !twoFactorForAll {
		add(CodeTooShort, CodeTooShort)
	}
	for _, c := range p.Classes.list() {
		add(c.code, "class")
	}
	if p.History > 0 {
		add(CodeReused, CodeReused)
	}
	if p.MaxAge > 0 {
		add(CodeExpired, CodeExpired)
	}
	return out
}
