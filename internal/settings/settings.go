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

// Settings are the parameters in force, parsed and within their ranges.
type Settings struct {
	Password   password.Policy
	Reset      reset.Policy
	InviteLife time.Duration
	SignIn     SignInLimits
	TwoFactor  TwoFactorRule
	Session    SessionLimits
	// TemporaryPasswords allows generated passwords for handing over.
	TemporaryPasswords bool
	// AuditKeep is how long audit rows are kept.
	AuditKeep time.Duration
	// Paused keeps everybody but super-administrators from signing in.
	Paused bool
	// PausedText is the notice shown meanwhile.
	PausedText string
}

// SignInLimits bound guessing of passwords.
type SignInLimits struct {
	// Failures in a row pass before a wait; Wait doubles from then on, up to
	// an hour.
	Failures int
	Wait     time.Duration
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
func Defaults() Settings {
	s := initial()
	s.complete()
	return s
}

// initial is what each parameter is by itself; a password's length of zero is
// chosen by complete.
func initial() Settings {
	policy := password.DefaultPolicy()
	policy.MinLength = 0
	return Settings{
		Password:   policy,
		Reset:      reset.DefaultPolicy(),
		InviteLife: 7 * 24 * time.Hour,
		SignIn:     SignInLimits{Failures: 5, Wait: 30 * time.Second, PerAddress: 30, NamesPerAddress: 10},
		TwoFactor:  TwoFactorEveryone,
		AuditKeep:  365 * 24 * time.Hour,
		Session:    SessionLimits{Idle: 30 * time.Minute, Absolute: 12 * time.Hour, PerOperator: 3, Proof: 5 * time.Minute},
	}
}

// complete fills in what follows from other settings.
func (s *Settings) complete() {
	// A password that is the only factor for somebody is longer (63B-4 section
	// 3.1.1.2).
	if s.Password.MinLength == 0 {
		s.Password.MinLength = password.DefaultMinLengthTwoFactor
	}
	if s.TwoFactor != TwoFactorEveryone {
		s.Password.MinLength = max(s.Password.MinLength, password.DefaultMinLength)
	}
	if s.Session.Idle > s.Session.Absolute {
		s.Session.Idle = s.Session.Absolute
	}
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
	s.complete()
	return s, bad
}
