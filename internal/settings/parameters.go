package settings

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/line"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/reset"
)

// definitions are all parameters, in the order of the page.
var definitions = slices.Concat(
	section(SectionPasswords,
		automatic(but(number("password.min_length", "Minimum length", fmt.Sprintf("Automatic is %d, or %d if everyone must have two-factor authentication. Unless everyone must, it is never under %[1]d.",
			password.DefaultMinLength, password.DefaultMinLengthTwoFactor), "characters", 0, password.HighestMinLength, higher, func(s *Settings) *int { return &s.password.MinLength }),
			fmt.Sprintf("0 or %d to %d", password.LowestMinLength, password.HighestMinLength),
			func(s Settings) bool { n := s.password.MinLength; return n == 0 || n >= password.LowestMinLength })).offering("0", "12", "15", "20"),
		number("password.min_strength", "Minimum strength", "How hard a password must be to guess, as estimated from 0 to 4. People see 3 as “good” and 4 as “strong”.", "of 4", password.DefaultMinStrength, password.MaxStrength, higher, func(s *Settings) *int { return &s.password.MinStrength }).offering("3", "4"),
		departing(toggle("password.lower", "Lower-case letter", "Requires one in every password.", on, func(s *Settings) *bool { return &s.password.Classes.Lower })),
		departing(toggle("password.upper", "Upper-case letter", "Requires one in every password.", on, func(s *Settings) *bool { return &s.password.Classes.Upper })),
		departing(toggle("password.digit", "Digit", "Requires one in every password.", on, func(s *Settings) *bool { return &s.password.Classes.Digit })),
		departing(toggle("password.symbol", "Symbol", "Requires one in every password.", on, func(s *Settings) *bool { return &s.password.Classes.Symbol })),
		departing(but(duration("password.max_age", "Maximum age", "Older passwords must be changed.", 0, password.HighestMaxAge, lower, func(s *Settings) *time.Duration { return &s.password.MaxAge }),
			"0 or "+FormatDuration(password.LowestMaxAge)+" to "+FormatDuration(password.HighestMaxAge),
			func(s Settings) bool { return s.password.MaxAge == 0 || s.password.MaxAge >= password.LowestMaxAge })).zero("Never").endless().offering("0", "90d", "180d", "365d"),
		departing(number("password.history", "Password history", "Earlier passwords that cannot be reused.", "passwords", 0, password.HighestHistory, higher, func(s *Settings) *int { return &s.password.History })).zero("None").offering("0", "5", "10", "24"),
		departing(toggle("password.temporary", "Temporary passwords", "Lets operators who manage operators hand over a generated password, which must be changed at the next sign-in.", off, func(s *Settings) *bool { return &s.TemporaryPasswords })),
		duration("password.temporary_life", "Temporary password lifetime", "A temporary password that was not changed stops working after this time.", time.Hour, 7*24*time.Hour, lower, func(s *Settings) *time.Duration { return &s.TemporaryLife }).offering("1h", "8h", "1d", "3d", "7d"),
	),
	section(SectionReset,
		duration("reset.life", "Link lifetime", "How long a reset link works.", reset.MinLife, reset.MaxLife, lower, func(s *Settings) *time.Duration { return &s.Reset.Life }).offering("15m", "30m", "1h", "4h", "1d"),
		number("reset.per_account", "Emails to one account", "Reset emails to one account in an hour, refilled evenly; at least one in each link lifetime.", "an hour", 1, reset.MaxPerAccount, lower, func(s *Settings) *int { return &s.Reset.PerAccount }).offering("3", "5", "10"),
		duration("reset.gap", "Time between two emails", "Minimum time between two reset emails to one account.", time.Second, reset.MaxGap, higher, func(s *Settings) *time.Duration { return &s.Reset.Gap }).offering("30s", "1m", "5m", "15m"),
		number("reset.per_address", "Requests from one IP address", "Reset requests from one IP address in an hour, refilled evenly.", "an hour", 1, reset.MaxPerIP, lower, func(s *Settings) *int { return &s.Reset.PerIP }).offering("10", "30", "100"),
	),
	section(SectionSignIn,
		number("signin.failures", "Wrong passwords in a row", "From one network under one name, or from one known browser, before the next must wait.", "attempts", 3, 10, lower, func(s *Settings) *int { return &s.SignIn.Failures }).offering("3", "5", "10"),
		duration("signin.wait", "First wait", "It doubles with each further failure, up to an hour.", time.Second, time.Hour, higher, func(s *Settings) *time.Duration { return &s.SignIn.Wait }).offering("10s", "30s", "1m", "5m", "15m"),
		number("signin.disable_after", "Wrong passwords before it is disabled", "After this many in a row, the password stops working in browsers that have not signed in before, until the operator signs in with one that has, chooses a new password, or is unlocked.", "attempts", 10, 100, lower, func(s *Settings) *int { return &s.SignIn.DisableAfter }).offering("20", "50", "100"),
		number("signin.codes", "Wrong codes in one sign-in", "This many wrong codes end the sign-in. After as many in a row, across sign-ins, the operator must wait.", "attempts", 3, 10, lower, func(s *Settings) *int { return &s.SignIn.Codes }).offering("3", "5", "10"),
		number("signin.disable_codes_after", "Wrong codes before they are disabled", "After this many in a row, authenticator codes stop working until a recovery code is used, or the operator is reset or unlocked. Recovery codes are counted separately, in the same way.", "attempts", 10, 100, lower, func(s *Settings) *int { return &s.SignIn.DisableCodesAfter }).offering("10", "20", "50"),
		number("signin.per_address", "Failures from one IP address", "Across all accounts, in 15 minutes, refilled evenly. Browsers that have signed in before do not count.", "attempts", 1, 10000, lower, func(s *Settings) *int { return &s.SignIn.PerIP }).offering("10", "30", "100"),
		number("signin.names_per_address", "Names from one IP address", "Different names that may fail from one IP address in 15 minutes, refilled evenly.", "names", 1, 10000, lower, func(s *Settings) *int { return &s.SignIn.NamesPerIP }).offering("5", "10", "50"),
	),
	section(SectionNetworks,
		networks("signin.networks", "Only from", "Operators can sign in, and stay signed in, only from these networks, on top of everything else. If empty, from everywhere. Behind a proxy, the server must know it (TrustedProxies).", 1000, func(s *Settings) *[]netip.Prefix { return &s.networks }).zero("Everywhere"),
	),
	section(SectionTwoFactor,
		choice("two_factor.who", "Who must have it", "Everyone; operators whose roles require it, at least administrators; or no one, with a recommendation.",
			func(s *Settings, text string) { s.TwoFactorWho = TwoFactorRule(text) },
			string(TwoFactorEveryone), string(TwoFactorRoles), string(TwoFactorRecommended)).meaning(whoMeans),
		date("two_factor.from", "Required from", "Until this day (UTC) begins, operators without two-factor authentication are reminded and can sign in, and passwords must be as long as if no one had to have it. Operators who have it are asked for a code in any case.",
			func(s *Settings) *time.Time { return &s.twoFactorFrom }),
		toggle("two_factor.strict", "Only the current code", "Refuses the code shown before, and after. Operators whose phone shows another time cannot sign in.", on, func(s *Settings) *bool { return &s.StrictCodes }),
	),
	section(SectionSessions,
		duration("session.idle", "Longest idle time", "A session ends if it is not used for this long.", time.Minute, time.Hour, lower, func(s *Settings) *time.Duration { return &s.Session.Idle }).offering("5m", "15m", "30m", "1h"),
		duration("session.absolute", "Longest session", "A session ends after this long, used or not.", 10*time.Minute, 24*time.Hour, lower, func(s *Settings) *time.Duration { return &s.Session.Absolute }).offering("1h", "4h", "8h", "12h", "1d"),
		number("session.per_operator", "Sessions of one operator", "If there are more, the least recently used one ends.", "sessions", 1, 20, lower, func(s *Settings) *int { return &s.Session.PerOperator }).offering("1", "2", "3", "5", "10"),
		duration("session.proof", "Identity confirmation", "How long after confirming their identity operators may make sensitive changes.", time.Minute, 15*time.Minute, lower, func(s *Settings) *time.Duration { return &s.Session.Proof }).offering("1m", "5m", "10m", "15m"),
	),
	section(SectionForms,
		toggle("forms.human_pace", "Only at a human’s pace", "Refuses forms sent within half a second of their page, and more than 30 in 10 seconds from one session. Scripts of your own pages may be refused as well.", on, func(s *Settings) *bool { return &s.HumanPace }),
	),
	section(SectionInvitations,
		duration("invite.life", "Invitation lifetime", "How long an invitation link works.", reset.MinInviteLife, reset.MaxInviteLife, lower, func(s *Settings) *time.Duration { return &s.InviteLife }).offering("1d", "3d", "7d", "14d", "30d"),
	),
	section(SectionMaintenance,
		toggle("signin.paused", "Pause sign-ins", "Keeps everyone except super-administrators from signing in.", neither, func(s *Settings) *bool { return &s.Paused }),
		text("signin.paused_text", "Notice", "Shown while sign-ins are paused.", "one line of at most 500 bytes", 500, line.Check, func(s *Settings) *string { return &s.PausedText }),
	),
	section(SectionAudit,
		duration("audit.keep", "Keep entries", "Older entries are deleted.", LeastAuditKeep, 3650*24*time.Hour, higher, func(s *Settings) *time.Duration { return &s.AuditKeep }).offering("90d", "180d", "365d", "730d", "3650d"),
		toggle("audit.requests", "Every request", "Adds an entry for every request of an operator, also if it only reads. Refusals have entries in any case.", on, func(s *Settings) *bool { return &s.AuditRequests }),
	),
	section(SectionLook,
		text("office.name", "Office name", "Appears on every page, in every email, and in authenticator apps that are added from now on.",
			fmt.Sprintf("one line of at most %d bytes, with a letter, digit or symbol", MostName), MostName, line.CheckName, func(s *Settings) *string { return &s.Office.Name }),
		text("office.contact", "Contact", "Whom operators ask when they are stuck, such as “the IT desk, it@example.com”. Public: anyone who knows the office address reads it on the sign-in pages, and it is in every email.",
			fmt.Sprintf("one line of at most %d bytes", MostContact), MostContact, line.Check, func(s *Settings) *string { return &s.Office.Contact }),
		colour("office.accent", "Colour", "The colour of buttons and links. Dark pages use a lighter shade, and text always stays readable.", func(s *Settings) *string { return &s.Office.Accent }),
		spoken("office.language", "Language", "Emails to operators who chose no language are in this one, and so are pages if the browser asks for none of the office’s languages.", func(s *Settings) *string { return &s.Office.Language }),
	),
)

// Definitions returns all parameters, in the order of the page.
func Definitions() []Definition { return slices.Clone(definitions) }

func section(s Section, defs ...Definition) []Definition {
	for i := range defs {
		defs[i].Section, defs[i].SectionID, defs[i].Words = s.Title, s.ID, words[defs[i].Name]
	}
	return defs
}

// CrossCheck reports values that are in range but do not go together (ASVS
// 2.1.2): for each, the parameter, a stable code, and a sentence for people.
func CrossCheck(values map[string]string, report func(name, code, text string)) {
	chosen := Defaults()
	for _, def := range definitions {
		if text, ok := values[def.Name]; ok {
			def.set(&chosen, text)
		}
	}
	if n := chosen.password.MinLength; n != 0 && n < password.DefaultMinLength && chosen.TwoFactorWho != TwoFactorEveryone {
		report("password.min_length", "too_short",
			fmt.Sprintf("Unless everyone must have two-factor authentication, passwords need at least %d characters. Choose %[1]d or more, or the automatic length.", password.DefaultMinLength))
	}
	if chosen.Session.Idle > chosen.Session.Absolute {
		report("session.idle", "too_long", "This is longer than a session can last. Choose less, or let sessions last longer.")
	}
}
