package password

import (
	"errors"
	"fmt"
	"time"
)

// Defaults and ranges of a [Policy].
const (
	DefaultMinLength          = 15 // characters, where a password may be the only factor
	DefaultMinLengthTwoFactor = 12 // characters, where everyone must have two-factor
	LeastMinLength            = 8
	MostMinLength             = 64
	MaxLength                 = 256 // characters; MaxBytes applies as well
	DefaultMinStrength        = 3
	MaxHistory                = 24

	// LeastMaxAge and MostMaxAge bound Policy.MaxAge.
	LeastMaxAge = 24 * time.Hour
	MostMaxAge  = 3650 * 24 * time.Hour
)

// Policy says which passwords may be set. It never concerns signing in: a password that was accepted stays valid when
// the policy changes. The zero value is the default policy. Characters are Unicode code points.
type Policy struct {
	// MinLength is the least number of characters, 8 to 64. Zero means DefaultMinLength.
	MinLength int
	// MinStrength is the least estimate of Strength, 1 to 4. Zero means DefaultMinStrength.
	MinStrength int
	// Classes are the kinds of character a password must contain. None by default.
	Classes Classes
	// History is how many earlier passwords may not be set again, 0 to 24; see Hasher.Reused. Zero means none.
	History int
	// MaxAge is how long a password may be used before it must be changed, 1 to 3650 days; see Policy.Expired. Zero
	// means for ever.
	MaxAge time.Duration
}

// Classes selects kinds of character. They exist for owners whose contracts demand them; see [Policy.Departures].
type Classes struct {
	Lower  bool // a lower-case letter of any script
	Upper  bool // an upper-case letter of any script
	Digit  bool // a decimal digit of any script
	Symbol bool // anything that is no letter, mark or number: punctuation, a space, an emoji
}

// DefaultPolicy returns the policy of an office in which a password may be the only factor.
func DefaultPolicy() Policy {
	return Policy{MinLength: DefaultMinLength, MinStrength: DefaultMinStrength}
}

// DefaultPolicyTwoFactor returns the policy of an office in which everyone must have two-factor.
func DefaultPolicyTwoFactor() Policy {
	return Policy{MinLength: DefaultMinLengthTwoFactor, MinStrength: DefaultMinStrength}
}

// withDefaults makes zero fields safe, and holds values that Validate would refuse inside their ranges, so that a
// tampered parameter row cannot switch the policy off (ASVS 2.3.2).
func (p Policy) withDefaults() Policy {
	if p.MinLength == 0 {
		p.MinLength = DefaultMinLength
	}
	if p.MinStrength == 0 {
		p.MinStrength = DefaultMinStrength
	}
	p.MinLength = min(max(p.MinLength, LeastMinLength), MostMinLength)
	p.MinStrength = min(max(p.MinStrength, 1), MaxStrength)
	p.History = min(max(p.History, 0), MaxHistory)
	if p.MaxAge != 0 {
		p.MaxAge = min(max(p.MaxAge, LeastMaxAge), MostMaxAge)
	}
	return p
}

// Validate lists every value that is out of range, naming fields.
func (p Policy) Validate() error {
	var errs []error
	outside := func(field string, value any, least, most any) {
		errs = append(errs, fmt.Errorf("%s: %v is not between %v and %v", field, value, least, most))
	}
	if p.MinLength != 0 && (p.MinLength < LeastMinLength || p.MinLength > MostMinLength) {
		outside("MinLength", p.MinLength, LeastMinLength, MostMinLength)
	}
	if p.MinStrength < 0 || p.MinStrength > MaxStrength {
		outside("MinStrength", p.MinStrength, 1, MaxStrength)
	}
	if p.History < 0 || p.History > MaxHistory {
		outside("History", p.History, 0, MaxHistory)
	}
	if p.MaxAge != 0 && (p.MaxAge < LeastMaxAge || p.MaxAge > MostMaxAge) {
		outside("MaxAge", p.MaxAge, LeastMaxAge, MostMaxAge)
	}
	if len(errs) > 0 {
		return fmt.Errorf("password: policy: %w", errors.Join(errs...))
	}
	return nil
}

// Expired reports whether a password set at changedAt must be changed at now. Without MaxAge it never is. An unknown
// time, the zero one, counts as expired, and so does one that lies more than MaxAge in the future.
func (p Policy) Expired(changedAt, now time.Time) bool {
	p = p.withDefaults()
	if p.MaxAge == 0 {
		return false
	}
	return changedAt.IsZero() || now.Sub(changedAt).Abs() >= p.MaxAge
}

// Departures says which settings depart from NIST SP 800-63B-4 section 3.1.1.2, for a mark beside each of them. The
// codes are those of [Policy.Requirements], and [CodeExpired] for the age. twoFactorForAll tells whether a password
// is never the only factor, in which case eight characters conform.
func (p Policy) Departures(twoFactorForAll bool) []Requirement {
	p = p.withDefaults()
	var out []Requirement
	add := func(code, text string) { out = append(out, Requirement{Code: code, Text: text}) }
	if p.MinLength < DefaultMinLength && !twoFactorForAll {
		add(CodeTooShort, "departs from NIST SP 800-63B-4: fewer than 15 characters while a password may be the only factor")
	}
	for _, c := range p.Classes.list() {
		add(c.code, "departs from NIST SP 800-63B-4: kinds of character must not be required")
	}
	if p.History > 0 {
		add(CodeReused, "departs from NIST SP 800-63B-4: only a compromise is a reason to refuse an earlier password")
	}
	if p.MaxAge > 0 {
		add(CodeExpired, "departs from NIST SP 800-63B-4: passwords must not expire with time")
	}
	return out
}
