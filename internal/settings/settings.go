// Package settings holds the parameters of an office: the table of them, what
// each may be and is where nobody chose, and the reading of stored values into
// one struct. It knows neither where values are stored nor what follows from
// them.
package settings

import (
	"time"

	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/reset"
)

// TwoFactorRule says who must have two-factor authentication.
type TwoFactorRule string

const (
	// TwoFactorEveryone is the default.
	TwoFactorEveryone TwoFactorRule = "everyone"
	// TwoFactorRoles asks administrators, and holders of roles that say so.
	TwoFactorRoles TwoFactorRule = "roles"
	// TwoFactorRecommended asks nobody.
	TwoFactorRecommended TwoFactorRule = "recommended"
)

// MostNotice is how far ahead the day may lie from which two-factor
// authentication becomes a must: the gap until then is not for ever.
const MostNotice = 90 * 24 * time.Hour

// Settings are the parameters in force, parsed and within their ranges. What
// depends on the time of day is a method.
type Settings struct {
	password   password.Policy
	Reset      reset.Policy
	InviteLife time.Duration
	SignIn     SignInLimits
	// TwoFactorWho is the rule that was chosen; TwoFactor says whether it binds.
	TwoFactorWho  TwoFactorRule
	twoFactorFrom time.Time
	Session       SessionLimits
	// TemporaryPasswords allows generated passwords for handing over, which work
	// for TemporaryLife.
	TemporaryPasswords bool
	TemporaryLife      time.Duration
	// Office is its name and look.
	Office Office
	// AuditKeep is how long audit rows are kept.
	AuditKeep time.Duration
	// Paused keeps everybody but super-administrators from signing in.
	Paused bool
	// PausedText is the notice shown meanwhile.
	PausedText string
}

// Office is what an office is called and looks like; what is empty is as it was
// configured.
type Office struct {
	Name string
	// Accent is the colour of buttons and links, "#rrggbb".
	Accent string
}

// MostName is how many bytes the name of an office has at most.
const MostName = 80

// SignInLimits bound guessing of passwords and codes.
type SignInLimits struct {
	// Failures in a row pass before a wait; Wait doubles from then on, up to
	// an hour.
	Failures int
	Wait     time.Duration
	// DisableAfter wrong passwords in a row disable a password.
	DisableAfter int
	// Codes wrong codes end a sign-in, and as many in a row over all sign-ins
	// pass before waits begin; DisableCodesAfter in a row disable an
	// operator's authenticator apps, and likewise their recovery codes.
	Codes, DisableCodesAfter int
	// PerAddress failures, and failures of NamesPerAddress different names,
	// pass in 15 minutes.
	PerAddress, NamesPerAddress int
}

// SessionLimits bound sessions.
type SessionLimits struct {
	Idle, Absolute time.Duration
	// PerOperator is how many one operator can have; the least recently used
	// ends.
	PerOperator int
	// Proof is how long a step-up lasts.
	Proof time.Duration
}

// Defaults are in force where nobody changed anything.
func Defaults() Settings { return initial() }

// initial is what each parameter is where nobody chose; the table takes its
// defaults from here, so Defaults cannot be used while that is made.
func initial() Settings {
	policy := password.DefaultPolicy()
	policy.MinLength = 0
	return Settings{
		password:      policy,
		Reset:         reset.DefaultPolicy(),
		InviteLife:    7 * 24 * time.Hour,
		SignIn:        SignInLimits{Failures: 5, Wait: 30 * time.Second, PerAddress: 30, NamesPerAddress: 10, DisableAfter: 100, Codes: 5, DisableCodesAfter: 20},
		TemporaryLife: 24 * time.Hour,
		TwoFactorWho:  TwoFactorEveryone,
		AuditKeep:     365 * 24 * time.Hour,
		Session:       SessionLimits{Idle: 30 * time.Minute, Absolute: 12 * time.Hour, PerOperator: 3, Proof: 5 * time.Minute},
	}
}

// TwoFactor is the rule that binds at a time. Until the day from which it does,
// nobody must who has no second factor yet.
func (s Settings) TwoFactor(now time.Time) TwoFactorRule {
	if !s.TwoFactorFrom(now).IsZero() {
		return TwoFactorRecommended
	}
	return s.TwoFactorWho
}

// TwoFactorFrom is when the rule becomes binding; zero when it binds already, or
// asks nobody. A day further ahead than anybody could have chosen is not
// believed: then it binds (ASVS 2.3.2).
func (s Settings) TwoFactorFrom(now time.Time) time.Time {
	// One day more: replicas may disagree about the time.
	if s.TwoFactorWho == TwoFactorRecommended || s.twoFactorFrom.Sub(now) > MostNotice+24*time.Hour || !now.Before(s.twoFactorFrom) {
		return time.Time{}
	}
	return s.twoFactorFrom
}

// Password is the policy for new passwords at a time. One that is the only
// factor for somebody is longer (63B-4 section 3.1.1.2).
func (s Settings) Password(now time.Time) password.Policy {
	p := s.password
	if p.MinLength == 0 {
		p.MinLength = password.DefaultMinLengthTwoFactor
	}
	if s.TwoFactor(now) != TwoFactorEveryone {
		p.MinLength = max(p.MinLength, password.DefaultMinLength)
	}
	return p
}

// Parse reads stored values. A value that does not parse, or is out of its
// range, leaves the default in force and is named in bad (ASVS 2.3.2): stores
// can be edited by others.
func Parse(values map[string]string) (s Settings, bad []string) {
	s = initial()
	for _, def := range definitions {
		text, ok := values[def.Name]
		if !ok {
			continue
		}
		if err := def.set(&s, text); err != nil {
			bad = append(bad, def.Name)
		}
	}
	s.Session.Idle = min(s.Session.Idle, s.Session.Absolute)
	return s, bad
}
