package desk

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/postern-go/postern/password"
)

// Definition is one parameter: the table below is what validates stored
// values, and what the Parameters page and the configuration guide show.
type Definition struct {
	// Name is the key in the store and the form field.
	Name string
	// Effect says in a sentence what it does.
	Effect string
	// Unit is for people: "minutes", "characters"; empty for switches and
	// choices.
	Unit string
	// Range is for people.
	Range string
	// Departs marks values that depart from NIST SP 800-63B-4.
	Departs bool
	set     func(s *Settings, text string) error
}

// definitions are all parameters, in the order they are shown.
var definitions = []Definition{
	number("password.min_length", "Shortest password. 0 chooses 15, or 12 where everyone must have two-factor.", "characters", 0, 64,
		func(s *Settings, n int) error {
			if n > 0 && n < 8 {
				return fmt.Errorf("%d is under 8", n)
			}
			s.Password.MinLength = n
			return nil
		}),
	number("password.min_strength", "Least strength estimate, from 0 to 4.", "", 3, 4, put(func(s *Settings) *int { return &s.Password.MinStrength })),
	departs(toggle("password.lower", "Ask for a lower-case letter.", func(s *Settings) *bool { return &s.Password.Classes.Lower })),
	departs(toggle("password.upper", "Ask for an upper-case letter.", func(s *Settings) *bool { return &s.Password.Classes.Upper })),
	departs(toggle("password.digit", "Ask for a digit.", func(s *Settings) *bool { return &s.Password.Classes.Digit })),
	departs(toggle("password.symbol", "Ask for a symbol.", func(s *Settings) *bool { return &s.Password.Classes.Symbol })),
	departs(maxAge(duration("password.max_age", "Ask for a new password after this time, from 24h; 0 never does.", 0, password.MostMaxAge, func(s *Settings) *time.Duration { return &s.Password.MaxAge }))),
	departs(number("password.history", "Refuse this many earlier passwords.", "passwords", 0, 24, put(func(s *Settings) *int { return &s.Password.History }))),
	duration("reset.life", "How long a reset link works.", 5*time.Minute, 24*time.Hour, func(s *Settings) *time.Duration { return &s.Reset.Life }),
	number("reset.per_account", "Reset mails to one account in an hour.", "mails", 1, 100, put(func(s *Settings) *int { return &s.Reset.PerAccount })),
	duration("reset.gap", "Least time between two reset mails to one account.", time.Second, time.Hour, func(s *Settings) *time.Duration { return &s.Reset.Gap }),
	number("reset.per_address", "Reset requests from one address in an hour.", "requests", 1, 1000, put(func(s *Settings) *int { return &s.Reset.PerAddress })),
	duration("invite.life", "How long an invitation works.", time.Hour, 30*24*time.Hour, func(s *Settings) *time.Duration { return &s.InviteLife }),
	number("signin.failures", "Wrong passwords in a row before a person must wait.", "tries", 3, 10, put(func(s *Settings) *int { return &s.SignIn.Failures })),
	duration("signin.wait", "First wait; it doubles with each further failure, up to an hour.", time.Second, time.Hour, func(s *Settings) *time.Duration { return &s.SignIn.Wait }),
	number("signin.per_address", "Failures from one address in 15 minutes.", "tries", 1, 10000, put(func(s *Settings) *int { return &s.SignIn.PerAddress })),
	number("signin.names_per_address", "Different names that fail from one address in 15 minutes.", "names", 1, 10000, put(func(s *Settings) *int { return &s.SignIn.NamesPerAddress })),
	departs(choice("two_factor.who", "Who must have two-factor authentication.", func(s *Settings, text string) { s.TwoFactor = TwoFactorRule(text) },
		string(TwoFactorEveryone), string(TwoFactorRoles), string(TwoFactorRecommended))),
	duration("session.idle", "A session ends when unused for this long.", time.Minute, time.Hour, func(s *Settings) *time.Duration { return &s.Session.Idle }),
	duration("session.absolute", "A session ends after this long, used or not.", 10*time.Minute, 24*time.Hour, func(s *Settings) *time.Duration { return &s.Session.Absolute }),
	number("session.per_operator", "Sessions one operator can have; the least recently used ends.", "sessions", 1, 20, put(func(s *Settings) *int { return &s.Session.PerOperator })),
	duration("session.proof", "How long a step-up lasts.", time.Minute, 15*time.Minute, func(s *Settings) *time.Duration { return &s.Session.Proof }),
	toggle("signin.paused", "Pause sign-ins for everybody but super-administrators.", func(s *Settings) *bool { return &s.Paused }),
	text("signin.paused_text", "The notice shown while sign-ins are paused.", 500, func(s *Settings) *string { return &s.PausedText }),
}

// Definitions returns the table of parameters.
func Definitions() []Definition { return slices.Clone(definitions) }

// maxAge refuses what would ask for a new password all the time.
func maxAge(d Definition) Definition {
	set := d.set
	d.set = func(s *Settings, text string) error {
		was := s.Password.MaxAge
		if err := set(s, text); err != nil {
			return err
		}
		if age := s.Password.MaxAge; age != 0 && age < password.LeastMaxAge {
			s.Password.MaxAge = was
			return fmt.Errorf("%s: %v is under %v", d.Name, age, password.LeastMaxAge)
		}
		return nil
	}
	return d
}

func departs(d Definition) Definition { d.Departs = true; return d }

func put(field func(*Settings) *int) func(*Settings, int) error {
	return func(s *Settings, n int) error { *field(s) = n; return nil }
}

func number(name, effect, unit string, low, high int, set func(*Settings, int) error) Definition {
	return Definition{Name: name, Effect: effect, Unit: unit, Range: fmt.Sprintf("%d to %d", low, high),
		set: func(s *Settings, text string) error {
			n, err := strconv.Atoi(text)
			if err != nil || n < low || n > high {
				return fmt.Errorf("%s: not a number from %d to %d", name, low, high)
			}
			return set(s, n)
		}}
}

func duration(name, effect string, low, high time.Duration, field func(*Settings) *time.Duration) Definition {
	return Definition{Name: name, Effect: effect, Unit: "time", Range: fmt.Sprintf("%v to %v", low, high),
		set: func(s *Settings, text string) error {
			t, err := time.ParseDuration(text)
			if err != nil || t < low || t > high {
				return fmt.Errorf("%s: not a time from %v to %v", name, low, high)
			}
			*field(s) = t
			return nil
		}}
}

func toggle(name, effect string, field func(*Settings) *bool) Definition {
	return Definition{Name: name, Effect: effect, Range: "on or off",
		set: func(s *Settings, text string) error {
			if text != "on" && text != "off" {
				return fmt.Errorf("%s: neither on nor off", name)
			}
			*field(s) = text == "on"
			return nil
		}}
}

func choice(name, effect string, set func(*Settings, string), choices ...string) Definition {
	return Definition{Name: name, Effect: effect, Range: fmt.Sprint(choices),
		set: func(s *Settings, text string) error {
			if !slices.Contains(choices, text) {
				return fmt.Errorf("%s: not one of %v", name, choices)
			}
			set(s, text)
			return nil
		}}
}

func text(name, effect string, max int, field func(*Settings) *string) Definition {
	return Definition{Name: name, Effect: effect, Range: fmt.Sprintf("at most %d bytes", max),
		set: func(s *Settings, text string) error {
			if len(text) > max {
				return fmt.Errorf("%s: over %d bytes", name, max)
			}
			*field(s) = text
			return nil
		}}
}
