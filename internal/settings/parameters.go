package settings

import (
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/postern-go/postern/internal/line"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/reset"
)

// definitions are all parameters, in the order of the page.
var definitions = slices.Concat(
	section(SectionPasswords,
		automatic(number("password.min_length", "characters", 0, password.HighestMinLength, higher, func(s *Settings) *int { return &s.password.MinLength }).
			orNone(strconv.Itoa(password.LowestMinLength), func(s Settings) bool { n := s.password.MinLength; return n == 0 || n >= password.LowestMinLength })).
			saying("alone", password.DefaultMinLength, "two_factor", password.DefaultMinLengthTwoFactor).offering("0", "12", "15", "20"),
		number("password.min_strength", "strength", password.DefaultMinStrength, password.MaxStrength, higher, func(s *Settings) *int { return &s.password.MinStrength }).offering("3", "4"),
		departing(toggle("password.lower", on, func(s *Settings) *bool { return &s.password.Classes.Lower })),
		departing(toggle("password.upper", on, func(s *Settings) *bool { return &s.password.Classes.Upper })),
		departing(toggle("password.digit", on, func(s *Settings) *bool { return &s.password.Classes.Digit })),
		departing(toggle("password.symbol", on, func(s *Settings) *bool { return &s.password.Classes.Symbol })),
		departing(duration("password.max_age", 0, password.HighestMaxAge, lower, func(s *Settings) *time.Duration { return &s.password.MaxAge }).
			orNone(FormatDuration(password.LowestMaxAge), func(s Settings) bool { return s.password.MaxAge == 0 || s.password.MaxAge >= password.LowestMaxAge })).zero().endless().offering("0", "90d", "180d", "365d"),
		departing(number("password.history", "passwords", 0, password.HighestHistory, higher, func(s *Settings) *int { return &s.password.History })).zero().offering("0", "5", "10", "24"),
		departing(toggle("password.temporary", off, func(s *Settings) *bool { return &s.TemporaryPasswords })),
		duration("password.temporary_life", time.Hour, 7*24*time.Hour, lower, func(s *Settings) *time.Duration { return &s.TemporaryLife }).offering("1h", "8h", "1d", "3d", "7d"),
	),
	section(SectionReset,
		duration("reset.life", reset.MinLife, reset.MaxLife, lower, func(s *Settings) *time.Duration { return &s.Reset.Life }).offering("15m", "30m", "1h", "4h", "1d"),
		number("reset.per_account", "hourly", 1, reset.MaxPerAccount, lower, func(s *Settings) *int { return &s.Reset.PerAccount }).offering("3", "5", "10"),
		duration("reset.gap", time.Second, reset.MaxGap, higher, func(s *Settings) *time.Duration { return &s.Reset.Gap }).offering("30s", "1m", "5m", "15m"),
		number("reset.per_address", "hourly", 1, reset.MaxPerIP, lower, func(s *Settings) *int { return &s.Reset.PerIP }).offering("10", "30", "100"),
	),
	section(SectionSignIn,
		number("signin.failures", "attempts", 3, 10, lower, func(s *Settings) *int { return &s.SignIn.Failures }).offering("3", "5", "10"),
		duration("signin.wait", time.Second, time.Hour, higher, func(s *Settings) *time.Duration { return &s.SignIn.Wait }).offering("10s", "30s", "1m", "5m", "15m"),
		number("signin.disable_after", "attempts", 10, 100, lower, func(s *Settings) *int { return &s.SignIn.DisableAfter }).offering("20", "50", "100"),
		number("signin.codes", "attempts", 3, 10, lower, func(s *Settings) *int { return &s.SignIn.Codes }).offering("3", "5", "10"),
		number("signin.disable_codes_after", "attempts", 10, 100, lower, func(s *Settings) *int { return &s.SignIn.DisableCodesAfter }).offering("10", "20", "50"),
		number("signin.per_address", "attempts", 1, 10000, lower, func(s *Settings) *int { return &s.SignIn.PerIP }).offering("10", "30", "100"),
		number("signin.names_per_address", "names", 1, 10000, lower, func(s *Settings) *int { return &s.SignIn.NamesPerIP }).offering("5", "10", "50"),
	),
	section(SectionNetworks,
		networks("signin.networks", 1000, func(s *Settings) *[]netip.Prefix { return &s.networks }).zero(),
	),
	section(SectionTwoFactor,
		choice("two_factor.who", func(s *Settings, text string) { s.TwoFactorWho = TwoFactorRule(text) },
			string(TwoFactorEveryone), string(TwoFactorRoles), string(TwoFactorRecommended)).meaning(whoMeans),
		date("two_factor.from", func(s *Settings) *time.Time { return &s.twoFactorFrom }),
		toggle("two_factor.strict", on, func(s *Settings) *bool { return &s.StrictCodes }),
		optional("passkeys.who", func(s *Settings, text string) { s.PasskeyWho = PasskeyRule(text) },
			string(PasskeyEveryone), string(PasskeyAdministrators), string(PasskeyRoles)),
		toggle("passkeys.alone", off, func(s *Settings) *bool { return &s.PasskeyAlone }),
	),
	section(SectionSessions,
		duration("session.idle", time.Minute, time.Hour, lower, func(s *Settings) *time.Duration { return &s.Session.Idle }).offering("5m", "15m", "30m", "1h"),
		duration("session.absolute", 10*time.Minute, 24*time.Hour, lower, func(s *Settings) *time.Duration { return &s.Session.Absolute }).offering("1h", "4h", "8h", "12h", "1d"),
		number("session.per_operator", "sessions", 1, 20, lower, func(s *Settings) *int { return &s.Session.PerOperator }).offering("1", "2", "3", "5", "10"),
		duration("session.proof", time.Minute, 15*time.Minute, lower, func(s *Settings) *time.Duration { return &s.Session.Proof }).offering("1m", "5m", "10m", "15m"),
	),
	section(SectionForms,
		toggle("forms.human_pace", on, func(s *Settings) *bool { return &s.HumanPace }),
	),
	section(SectionInvitations,
		duration("invite.life", reset.MinInviteLife, reset.MaxInviteLife, lower, func(s *Settings) *time.Duration { return &s.InviteLife }).offering("1d", "3d", "7d", "14d", "30d"),
	),
	section(SectionMaintenance,
		toggle("signin.paused", neither, func(s *Settings) *bool { return &s.Paused }),
		text("signin.paused_text", 500, line.Check, func(s *Settings) *string { return &s.PausedText }),
	),
	section(SectionAudit,
		duration("audit.keep", LeastAuditKeep, 3650*24*time.Hour, higher, func(s *Settings) *time.Duration { return &s.AuditKeep }).offering("90d", "180d", "365d", "730d", "3650d"),
		toggle("audit.requests", on, func(s *Settings) *bool { return &s.AuditRequests }),
	),
	section(SectionLook,
		text("office.name", MostName, line.CheckName, func(s *Settings) *string { return &s.Office.Name }),
		text("office.contact", MostContact, line.Check, func(s *Settings) *string { return &s.Office.Contact }),
		colour("office.accent", func(s *Settings) *string { return &s.Office.Accent }),
		spoken("office.language", func(s *Settings) *string { return &s.Office.Language }),
	),
)

// Definitions returns all parameters, in the order of the page.
func Definitions() []Definition { return slices.Clone(definitions) }

func section(s Section, defs ...Definition) []Definition {
	for i := range defs {
		defs[i].SectionID, defs[i].keys = s.ID, keysOf(s.ID, defs[i])
	}
	return defs
}

// CrossCheck reports values that are in range but do not go together (ASVS
// 2.1.2): for each, the parameter, a stable code, and what to say.
func CrossCheck(values map[string]string, report func(name, code string, text messages.Text)) {
	chosen := Defaults()
	for _, def := range definitions {
		if text, ok := values[def.Name]; ok {
			def.set(&chosen, text)
		}
	}
	if n := chosen.password.MinLength; n != 0 && n < password.DefaultMinLength && chosen.TwoFactorWho != TwoFactorEveryone {
		report("password.min_length", "too_short",
			messages.New("settings.password.min_length.too_short", "n", password.DefaultMinLength))
	}
	if chosen.Session.Idle > chosen.Session.Absolute {
		report("session.idle", "too_long", messages.New("settings.session.idle.too_long"))
	}
}
