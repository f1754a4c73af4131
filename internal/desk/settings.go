package desk

import (
	"time"

	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/reset"
	"github.com/postern-go/postern/store"
)

// Lives that are not parameters.
const (
	// preSessionLife is how long a person has between password and second
	// factor: long enough to install an authenticator app (N-PRE).
	preSessionLife = 10 * time.Minute
	// enrolmentLife is how long a shown QR code can be confirmed.
	enrolmentLife = 10 * time.Minute
	// setupLife is how long a printed setup link works; each start prints a
	// new one.
	setupLife = 24 * time.Hour
	// touchEvery is how exactly a session's last use is known: one write in
	// this time, not one a request.
	touchEvery = 15 * time.Second
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

// DefaultSettings are in force where nobody changed anything.
func DefaultSettings() Settings {
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

// The minimum lengths where none was chosen: a password that is the only
// factor for somebody is longer (63B-4 section 3.1.1.2).
const (
	minLengthAlone  = 15
	minLengthWithin = 12
)

// complete fills in what follows from other settings.
func (s *Settings) complete() {
	if s.Password.MinLength == 0 {
		s.Password.MinLength = minLengthAlone
		if s.TwoFactor == TwoFactorEveryone {
			s.Password.MinLength = minLengthWithin
		}
	}
	if s.TwoFactor != TwoFactorEveryone && s.Password.MinLength < minLengthAlone {
		s.Password.MinLength = minLengthAlone
	}
	if s.Session.Idle > s.Session.Absolute {
		s.Session.Idle = s.Session.Absolute
	}
}

// Parse reads stored values. A value that does not parse, or is out of its
// range, leaves the default in force and is named in bad (ASVS 2.3.2): stores
// can be edited by others.
func Parse(values map[string]string) (s Settings, bad []string) {
	s = DefaultSettings()
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

// State is one consistent reading of the parameters.
type State struct {
	Settings Settings
	// Stored is as it came from the store.
	Stored store.Parameters
}

// Alias is the address in force at a time: a new one that was not confirmed in
// time has stopped being it, whether or not anybody wrote that down yet.
func (s *State) Alias(now time.Time) string {
	if s.unconfirmed(now) {
		return s.Stored.PreviousAlias
	}
	return s.Stored.Alias
}

func (s *State) unconfirmed(now time.Time) bool {
	return !s.Stored.ConfirmBy.IsZero() && !now.Before(s.Stored.ConfirmBy)
}
