package settings

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/reset"
)

// The sections of the Parameters page.
const (
	SectionPasswords   = "Passwords"
	SectionReset       = "Password reset"
	SectionSignIn      = "Sign-in limits"
	SectionTwoFactor   = "Two-factor authentication"
	SectionSessions    = "Sessions"
	SectionInvitations = "Invitations"
	SectionMaintenance = "Maintenance"
	SectionAudit       = "Audit"
	SectionLook        = "Name and look"
)

// definitions are all parameters, in the order they are shown.
var definitions = slices.Concat(
	section(SectionPasswords,
		minLength(number("password.min_length", "Shortest password", fmt.Sprintf("0 chooses %d, or %d where everyone must have two-factor authentication. Never under %[1]d where somebody may do without.",
			password.DefaultMinLength, password.DefaultMinLengthTwoFactor), "characters", 0, password.MostMinLength, higher, func(s *Settings) *int { return &s.password.MinLength })),
		number("password.min_strength", "Least strength", "How hard a password must be to guess, as estimated from 0 to 4.", "of 4", password.DefaultMinStrength, password.MaxStrength, higher, func(s *Settings) *int { return &s.password.MinStrength }),
		departing(toggle("password.lower", "Lower-case letter", "Asks for one in every password.", on, func(s *Settings) *bool { return &s.password.Classes.Lower })),
		departing(toggle("password.upper", "Upper-case letter", "Asks for one in every password.", on, func(s *Settings) *bool { return &s.password.Classes.Upper })),
		departing(toggle("password.digit", "Digit", "Asks for one in every password.", on, func(s *Settings) *bool { return &s.password.Classes.Digit })),
		departing(toggle("password.symbol", "Symbol", "Asks for one in every password.", on, func(s *Settings) *bool { return &s.password.Classes.Symbol })),
		departing(maxAge(duration("password.max_age", "Oldest password", "Asks for a new password after this time, a day at least. 0 never does.", 0, password.MostMaxAge, anyWay, func(s *Settings) *time.Duration { return &s.password.MaxAge }))),
		departing(number("password.history", "Earlier passwords", "Refuses as many of somebody’s earlier passwords.", "passwords", 0, password.MaxHistory, higher, func(s *Settings) *int { return &s.password.History })),
		departing(toggle("password.temporary", "Temporary passwords", "Lets operators who manage operators hand over a generated password that must be changed at the next sign-in.", off, func(s *Settings) *bool { return &s.TemporaryPasswords })),
		duration("password.temporary_life", "Life of a temporary password", "One that was not changed after this time no longer signs in.", time.Hour, 7*24*time.Hour, lower, func(s *Settings) *time.Duration { return &s.TemporaryLife }),
	),
	section(SectionReset,
		duration("reset.life", "Life of a link", "How long a reset link works.", reset.MinLife, reset.MaxLife, lower, func(s *Settings) *time.Duration { return &s.Reset.Life }),
		number("reset.per_account", "Mails to one account", "Reset mails to one account in an hour.", "an hour", 1, reset.MaxPerAccount, lower, func(s *Settings) *int { return &s.Reset.PerAccount }),
		duration("reset.gap", "Time between two mails", "Least time between two reset mails to one account.", time.Second, reset.MaxGap, higher, func(s *Settings) *time.Duration { return &s.Reset.Gap }),
		number("reset.per_address", "Requests from one address", "Reset requests from one address in an hour.", "an hour", 1, reset.MaxPerAddress, lower, func(s *Settings) *int { return &s.Reset.PerAddress }),
	),
	section(SectionSignIn,
		number("signin.failures", "Wrong passwords in a row", "So many pass before a person must wait.", "tries", 3, 10, lower, func(s *Settings) *int { return &s.SignIn.Failures }),
		duration("signin.wait", "First wait", "It doubles with each further failure, up to an hour.", time.Second, time.Hour, higher, func(s *Settings) *time.Duration { return &s.SignIn.Wait }),
		number("signin.disable_after", "Wrong passwords that disable it", "So many in a row, from wherever, and the password no longer signs in until it is reset or the operator is unlocked.", "tries", 10, 100, lower, func(s *Settings) *int { return &s.SignIn.DisableAfter }),
		number("signin.codes", "Wrong codes in one sign-in", "So many end it. As many in a row, over all sign-ins, pass before waits begin.", "tries", 3, 10, lower, func(s *Settings) *int { return &s.SignIn.Codes }),
		number("signin.disable_codes_after", "Wrong codes that disable them", "So many in a row, and codes of the authenticator app no longer sign in until a recovery code, a reset or an unlock. Recovery codes are counted by themselves, in the same way.", "tries", 10, 100, lower, func(s *Settings) *int { return &s.SignIn.DisableCodesAfter }),
		number("signin.per_address", "Failures from one address", "In 15 minutes, whoever they are for.", "tries", 1, 10000, lower, func(s *Settings) *int { return &s.SignIn.PerAddress }),
		number("signin.names_per_address", "Names from one address", "Different names that may fail from one address in 15 minutes.", "names", 1, 10000, lower, func(s *Settings) *int { return &s.SignIn.NamesPerAddress }),
	),
	section(SectionTwoFactor,
		choice("two_factor.who", "Who must have it", "Everyone; holders of roles that say so, administrators at least; or nobody, with a recommendation.",
			func(s *Settings, text string) { s.TwoFactorWho = TwoFactorRule(text) },
			string(TwoFactorEveryone), string(TwoFactorRoles), string(TwoFactorRecommended)),
		date("two_factor.from", "Binds from", "Until this day (UTC) begins, operators who have no second factor yet are reminded and sign in without one, and passwords are as long as where nobody must. Whoever has one is asked for it all the same.",
			func(s *Settings) *time.Time { return &s.twoFactorFrom }),
	),
	section(SectionSessions,
		duration("session.idle", "Unused", "A session ends when it is not used for this long.", time.Minute, time.Hour, lower, func(s *Settings) *time.Duration { return &s.Session.Idle }),
		duration("session.absolute", "At the latest", "A session ends after this long, used or not.", 10*time.Minute, 24*time.Hour, lower, func(s *Settings) *time.Duration { return &s.Session.Absolute }),
		number("session.per_operator", "Sessions of one operator", "The least recently used ends when there are more.", "sessions", 1, 20, lower, func(s *Settings) *int { return &s.Session.PerOperator }),
		duration("session.proof", "Proof of identity", "How long after proving who they are operators may do what is dangerous.", time.Minute, 15*time.Minute, lower, func(s *Settings) *time.Duration { return &s.Session.Proof }),
	),
	section(SectionInvitations,
		duration("invite.life", "Life of an invitation", "How long its link works.", reset.MinInviteLife, reset.MaxInviteLife, lower, func(s *Settings) *time.Duration { return &s.InviteLife }),
	),
	section(SectionMaintenance,
		toggle("signin.paused", "Pause sign-ins", "Keeps everybody but super-administrators from signing in.", neither, func(s *Settings) *bool { return &s.Paused }),
		text("signin.paused_text", "Notice", "Shown while sign-ins are paused.", 500, func(s *Settings) *string { return &s.PausedText }),
	),
	section(SectionAudit,
		duration("audit.keep", "Keep audit rows", "Older rows are deleted.", 90*24*time.Hour, 3650*24*time.Hour, higher, func(s *Settings) *time.Duration { return &s.AuditKeep }),
	),
	section(SectionLook,
		title(text("office.name", "Name of the office", "Stands on every page, in every mail, and in the authenticator apps of those who add one from now on.", MostName, func(s *Settings) *string { return &s.Office.Name })),
		colour("office.accent", "Colour", "Of buttons and links. Dark pages get a lighter shade, and text always one that can be read.", func(s *Settings) *string { return &s.Office.Accent }),
	),
)

// Definitions returns the table of parameters.
func Definitions() []Definition { return slices.Clone(definitions) }

func section(name string, defs ...Definition) []Definition {
	for i := range defs {
		defs[i].Section = name
	}
	return defs
}

// Problem says what is wrong with a value, beside its field.
type Problem struct {
	// Field is the parameter's name. Code is stable, Text is for people.
	Field, Code, Text string
}

// CrossCheck finds values that are fine by themselves and not together (ASVS
// 2.1.2).
func CrossCheck(values map[string]string) []Problem {
	chosen := initial()
	for _, def := range definitions {
		if text, ok := values[def.Name]; ok {
			_ = def.set(&chosen, text)
		}
	}
	var problems []Problem
	if n := chosen.password.MinLength; n != 0 && n < password.DefaultMinLength && chosen.TwoFactorWho != TwoFactorEveryone {
		problems = append(problems, Problem{"password.min_length", "too_short",
			fmt.Sprintf("Where somebody may sign in without a second factor, passwords have at least %d characters. Choose %[1]d or more, or 0.", password.DefaultMinLength)})
	}
	if chosen.Session.Idle > chosen.Session.Absolute {
		problems = append(problems, Problem{"session.idle", "too_long", "This is longer than a session can last at all. Choose less, or let sessions last longer."})
	}
	return problems
}

// minLength refuses what is less than any password may have; zero chooses.
func minLength(d Definition) Definition {
	return but(d, func(s *Settings) error {
		if n := s.password.MinLength; n != 0 && n < password.LeastMinLength {
			return fmt.Errorf("%s: %d is under %d", d.Name, n, password.LeastMinLength)
		}
		return nil
	})
}

// maxAge refuses what would ask for a new password all the time; zero never
// does.
func maxAge(d Definition) Definition {
	return but(d, func(s *Settings) error {
		if age := s.password.MaxAge; age != 0 && age < password.LeastMaxAge {
			return fmt.Errorf("%s: %v is under %v", d.Name, age, password.LeastMaxAge)
		}
		return nil
	})
}

// title refuses a name that would be none in an authenticator app.
func title(d Definition) Definition {
	return but(d, func(s *Settings) error {
		name := s.Office.Name
		if name != "" && (strings.TrimSpace(name) != name || !strings.ContainsFunc(name, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })) {
			return fmt.Errorf("%s: %q is no name", d.Name, name)
		}
		return nil
	})
}

// but narrows the range of a parameter.
func but(d Definition, check func(*Settings) error) Definition {
	set := d.set
	d.set = func(s *Settings, text string) error {
		next := *s
		if err := set(&next, text); err != nil {
			return err
		}
		if err := check(&next); err != nil {
			return err
		}
		*s = next
		return nil
	}
	return d
}
