// Package settings holds the parameters of an office: their definitions, their
// defaults, and the parsing of stored values into one struct. It knows neither
// where values are stored nor what they cause.
package settings

import (
	"net/netip"
	"time"

	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/reset"
)

// TwoFactorRule says who must have two-factor authentication.
type TwoFactorRule string

const (
	// TwoFactorEveryone is the default.
	TwoFactorEveryone TwoFactorRule = "everyone"
	// TwoFactorRoles applies to administrators, and to roles that require it.
	TwoFactorRoles TwoFactorRule = "roles"
	// TwoFactorRecommended applies to no one.
	TwoFactorRecommended TwoFactorRule = "recommended"
)

// PasskeyRule says who must have a passkey, which no copy of the sign-in page can ask for.
// Roles that require one do so whatever the rule is.
type PasskeyRule string

const (
	// PasskeyEveryone applies to everyone, PasskeyAdministrators to the built-in
	// administrators and super-administrators too.
	PasskeyEveryone       PasskeyRule = "everyone"
	PasskeyAdministrators PasskeyRule = "administrators"
	// PasskeyRoles, the default, leaves it to roles.
	PasskeyRoles PasskeyRule = "roles"
)

// MostNotice is how far ahead the day may be from which two-factor authentication
// is required, so that the gap until then is bounded.
const MostNotice = 90 * 24 * time.Hour

// Settings are the parameters in force, parsed and in range. Those that depend on
// the time are methods.
type Settings struct {
	password   password.Policy
	Reset      reset.Policy
	InviteLife time.Duration
	SignIn     SignInLimits
	// TwoFactorWho is the rule that was chosen. The method TwoFactor returns the one
	// in force.
	TwoFactorWho  TwoFactorRule
	twoFactorFrom time.Time
	networks      []netip.Prefix
	// PasskeyWho is who must have a passkey. PasskeyAlone lets one that checked its user be
	// the whole sign-in.
	PasskeyWho   PasskeyRule
	PasskeyAlone bool
	// StrictCodes accepts only the code that an authenticator app shows now.
	StrictCodes bool
	Session     SessionLimits
	// HumanPace refuses forms that come faster than people send them.
	HumanPace bool
	// TemporaryPasswords allows generated passwords to be handed over. They work
	// for TemporaryLife.
	TemporaryPasswords bool
	TemporaryLife      time.Duration
	Office             Office
	// AuditKeep is how long audit entries are kept, at least LeastAuditKeep.
	AuditKeep time.Duration
	// AuditRequests adds an audit entry for each request that is not refused.
	AuditRequests bool
	// Paused keeps everyone except super-administrators from signing in, and shows
	// them PausedText.
	Paused     bool
	PausedText string
}

// Office is the name and look of an office. Empty fields are as configured.
type Office struct {
	Name string
	// Contact is the person or place that operators ask for help. Pages also show it to strangers.
	Contact string
	// Accent is the colour of buttons and links, "#rrggbb".
	Accent string
	// Language is the BCP 47 tag of the language of people who chose none, and whose
	// browser asks for none that the office has. The office need not have it.
	Language string
}

// DefaultLanguage is the language of an office that has it and chose no other.
const DefaultLanguage = "en"

// MostName is the most bytes of an office's name.
const MostName = 80

// MostContact is the most bytes of a contact.
const MostContact = 500

// SignInLimits bound guessing of passwords and codes.
type SignInLimits struct {
	// Failures is how many wrong passwords in a row are allowed before a wait.
	// Wait doubles with each further one, up to an hour.
	Failures int
	Wait     time.Duration
	// DisableAfter is how many wrong passwords in a row disable a password.
	DisableAfter int
	// Codes is how many wrong codes end a sign-in, and how many in a row across
	// sign-ins are allowed before a wait. DisableCodesAfter in a row disable an
	// operator's authenticator apps, and likewise their recovery codes.
	Codes, DisableCodesAfter int
	// PerIP is how many failures one IP address is allowed in 15 minutes,
	// and NamesPerIP with how many different names.
	PerIP, NamesPerIP int
}

// SessionLimits bound sessions.
type SessionLimits struct {
	Idle, Absolute time.Duration
	// PerOperator is how many sessions an operator can have. Beyond that, the
	// least recently used one ends.
	PerOperator int
	// Proof is how long a step-up lasts.
	Proof time.Duration
}

// LeastAuditKeep is how long audit entries are kept at least.
const LeastAuditKeep = 90 * 24 * time.Hour

// Defaults returns the settings in force if no one changed anything.
func Defaults() Settings {
	policy := password.DefaultPolicy()
	policy.MinLength = 0
	return Settings{
		password:      policy,
		Reset:         reset.DefaultPolicy(),
		InviteLife:    7 * 24 * time.Hour,
		SignIn:        SignInLimits{Failures: 5, Wait: 30 * time.Second, PerIP: 30, NamesPerIP: 10, DisableAfter: 100, Codes: 5, DisableCodesAfter: 20},
		TemporaryLife: 24 * time.Hour,
		TwoFactorWho:  TwoFactorEveryone,
		PasskeyWho:    PasskeyRoles,
		AuditKeep:     365 * 24 * time.Hour,
		Office:        Office{Language: DefaultLanguage},
		Session:       SessionLimits{Idle: 30 * time.Minute, Absolute: 12 * time.Hour, PerOperator: 3, Proof: 5 * time.Minute},
	}
}

// TwoFactor returns the rule in force at a time. Until the day from which
// two-factor authentication is required, no one must have it.
func (s Settings) TwoFactor(now time.Time) TwoFactorRule {
	if !s.TwoFactorFrom(now).IsZero() {
		return TwoFactorRecommended
	}
	return s.TwoFactorWho
}

// TwoFactorFrom returns when the rule takes effect; zero if it is in force
// already, or applies to no one. A day further ahead than can be chosen is ignored,
// and the rule is in force (ASVS 2.3.2).
func (s Settings) TwoFactorFrom(now time.Time) time.Time {
	// One day more, because replicas may disagree about the time.
	if s.TwoFactorWho == TwoFactorRecommended || s.twoFactorFrom.Sub(now) > MostNotice+24*time.Hour || !now.Before(s.twoFactorFrom) {
		return time.Time{}
	}
	return s.twoFactorFrom
}

// PasswordExpired reports whether a password must be changed at now, as
// [password.Policy.Expired] does.
func (s *Settings) PasswordExpired(setAt, now time.Time) bool { return s.password.Expired(setAt, now) }

// Password returns the policy for new passwords at a time. If a password may be
// the only factor, it must be longer (63B-4 section 3.1.1.2).
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

// Parse parses stored values. If one is malformed or out of range, its default
// applies and bad names it (ASVS 2.3.2): others can edit the store.
func Parse(values map[string]string) (s Settings, bad []string) {
	s = Defaults()
	for _, def := range definitions {
		if text, ok := values[def.Name]; ok && !def.set(&s, text) {
			bad = append(bad, def.Name)
		}
	}
	s.Session.Idle = min(s.Session.Idle, s.Session.Absolute)
	return s, bad
}
