package settings_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/settings"
)

func defaults(t *testing.T) settings.Settings {
	s, bad := settings.Parse(nil)
	require.Empty(t, bad)
	return s
}

var now = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func TestValuesOutOfTheirRangeLeaveTheDefault(t *testing.T) {
	// outside holds, for each parameter, what is not accepted, and inside what
	// is, ends of the range included.
	outside := map[string][]string{
		"password.min_length":        {"1", "7", "65", "-1", "", "ten", "12.0", "99999999999999999999"},
		"password.min_strength":      {"0", "2", "5", "-3"},
		"password.lower":             {"", "true", "ON", "1"},
		"password.upper":             {"yes"},
		"password.digit":             {"yes"},
		"password.symbol":            {"yes"},
		"password.max_age":           {"1s", "23h59m59s", "-24h", "87601h", "90", "0d12h", "1.5d", "3651d"},
		"password.history":           {"-1", "25"},
		"reset.life":                 {"4m59s", "24h1s", "0", "-5m", "30"},
		"reset.per_account":          {"0", "101"},
		"reset.gap":                  {"0", "999ms", "1h1s"},
		"reset.per_address":          {"0", "1001"},
		"invite.life":                {"59m", "721h"},
		"signin.failures":            {"2", "11", "0", "-1"},
		"signin.wait":                {"0", "999ms", "61m"},
		"signin.disable_after":       {"9", "101", "0"},
		"signin.codes":               {"2", "11"},
		"signin.disable_codes_after": {"9", "101"},
		"password.temporary_life":    {"59m", "169h", "0"},
		"signin.per_address":         {"0", "10001"},
		"signin.names_per_address":   {"0", "10001"},
		"two_factor.who":             {"", "nobody", "Everyone"},
		"two_factor.from":            {"soon", "2026-13-01", "2026-02-30", "01.12.2026", "2026-12-01T00:00:00Z", " 2026-12-01"},
		"two_factor.strict":          {"", "yes"},
		"passkeys.who":               {"", "nobody", "Everyone"},
		"passkeys.alone":             {"", "yes"},
		"audit.requests":             {"", "yes"},
		"forms.human_pace":           {"", "1"},
		"signin.networks":            {"home", "192.0.2.1/24", "192.0.2.0/33", "::ffff:192.0.2.0/120", "fe80::1%eth0", ",", "192.0.2.1;192.0.2.2", strings.Repeat("192.0.2.1,", 101)},
		"session.idle":               {"59s", "61m", "0"},
		"session.absolute":           {"9m", "25h"},
		"session.per_operator":       {"0", "21"},
		"session.proof":              {"59s", "16m"},
		"signin.paused":              {"true"},
		"password.temporary":         {"", "yes", "On"},
		"office.name":                {" Meadow", "Meadow ", "two\nlines", "...", ":", strings.Repeat("é", 41)},
		"office.contact":             {" Ada", "two\nlines", strings.Repeat("é", 251)},
		"office.language":            {"", "DE", "de_DE", "German", "de-de", "und", "iw", "<b>", "en-US-x-" + strings.Repeat("abcdefg-", 4) + "z"},
		"office.accent":              {"teal", "#fff", "#0f5f6", "0f5f66", "#ffffff", "#ffd400", "#0f5f66;}"},
		"audit.keep":                 {"89d", "2159h59m59s", "3651d", "0", "", "-90d"},
		"signin.paused_text":         {strings.Repeat("x", 501)},
	}
	inside := map[string][]string{
		"password.min_length":        {"0", "8", "64"},
		"password.min_strength":      {"3", "4"},
		"password.lower":             {"on", "off"},
		"password.upper":             {"on"},
		"password.digit":             {"on"},
		"password.symbol":            {"on"},
		"password.max_age":           {"0", "0s", "24h", "87600h", "1d", "90d", "3650d"},
		"password.history":           {"0", "24"},
		"reset.life":                 {"5m", "24h"},
		"reset.per_account":          {"1", "100"},
		"reset.gap":                  {"1s", "1h"},
		"reset.per_address":          {"1", "1000"},
		"invite.life":                {"1h", "720h"},
		"signin.failures":            {"3", "10"},
		"signin.wait":                {"1s", "1h"},
		"signin.disable_after":       {"10", "100"},
		"signin.codes":               {"3", "10"},
		"signin.disable_codes_after": {"10", "100"},
		"password.temporary_life":    {"1h", "24h", "7d"},
		"signin.per_address":         {"1", "10000"},
		"signin.names_per_address":   {"1", "10000"},
		"two_factor.who":             {"everyone", "roles", "recommended"},
		"two_factor.from":            {"", "2026-12-01", "1999-01-01"},
		"two_factor.strict":          {"on", "off"},
		"passkeys.who":               {"everyone", "administrators", "roles"},
		"passkeys.alone":             {"on", "off"},
		"audit.requests":             {"on", "off"},
		"forms.human_pace":           {"on", "off"},
		"signin.networks":            {"", "192.0.2.1", "192.0.2.0/24, 2001:db8::/32 198.51.100.7"},
		"session.idle":               {"1m", "1h"},
		"session.absolute":           {"10m", "24h"},
		"session.per_operator":       {"1", "20"},
		"session.proof":              {"1m", "15m"},
		"signin.paused":              {"on", "off"},
		"password.temporary":         {"on", "off"},
		"office.name":                {"", "Meadow", "Café 9", "42", strings.Repeat("é", 40)},
		"office.contact":             {"", "the IT desk, it@example.com", strings.Repeat("é", 250)},
		"office.language":            {"en", "pt-BR", "zh-Hant", "ar", "he", "tlh"},
		"office.accent":              {"", "#0f5f66", "#000000", "#C0392B", "#767676"},
		"audit.keep":                 {"90d", "2160h", "3650d"},
		"signin.paused_text":         {"", strings.Repeat("x", 500)},
	}
	var names []string
	for _, d := range settings.Definitions() {
		names = append(names, d.Name)
	}
	slices.Sort(names)
	require.Equal(t, slices.Sorted(maps.Keys(outside)), names, "every parameter is tested")
	require.Equal(t, slices.Sorted(maps.Keys(inside)), names)
	for name := range outside {
		for _, value := range outside[name] {
			s, bad := settings.Parse(map[string]string{name: value})
			require.Equal(t, []string{name}, bad, "%s = %q", name, value)
			require.Equal(t, defaults(t), s, "%s = %q", name, value)
		}
		for _, value := range inside[name] {
			s, bad := settings.Parse(map[string]string{name: value})
			require.Empty(t, bad, "%s = %q", name, value)
			require.NoError(t, s.Password(now).Validate())
			require.NoError(t, s.Reset.Validate())
			require.LessOrEqual(t, s.Session.Idle, s.Session.Absolute)
		}
	}
	_, bad := settings.Parse(map[string]string{"no.such": "1"})
	require.Empty(t, bad, "what another version stored is left alone")
}

func TestDefaultsAreThoseOfTheDesign(t *testing.T) {
	s := defaults(t)
	require.NoError(t, s.Password(now).Validate())
	require.NoError(t, s.Reset.Validate())
	require.Equal(t, 12, s.Password(now).MinLength)
	require.Equal(t, 3, s.Password(now).MinStrength)
	require.Empty(t, s.Password(now).Departures(true))
	require.Equal(t, settings.TwoFactorEveryone, s.TwoFactor(now))
	require.Equal(t, settings.SignInLimits{Failures: 5, Wait: 30 * time.Second, PerIP: 30, NamesPerIP: 10, DisableAfter: 100, Codes: 5, DisableCodesAfter: 20}, s.SignIn)
	require.Equal(t, 24*time.Hour, s.TemporaryLife)
	require.Equal(t, settings.SessionLimits{Idle: 30 * time.Minute, Absolute: 12 * time.Hour, PerOperator: 3, Proof: 5 * time.Minute}, s.Session)
	require.Equal(t, 7*24*time.Hour, s.InviteLife)
	require.Equal(t, 30*time.Minute, s.Reset.Life)
	require.False(t, s.Paused)
}

func TestRulesThatFollowFromOthers(t *testing.T) {
	for _, c := range []struct {
		name   string
		values map[string]string
		length int
		idle   time.Duration
	}{
		{"everyone has two factors", map[string]string{"two_factor.who": "everyone"}, 12, 30 * time.Minute},
		{"everyone has two factors, and eight were chosen", map[string]string{"two_factor.who": "everyone", "password.min_length": "8"}, 8, 30 * time.Minute},
		{"only some roles ask for two", map[string]string{"two_factor.who": "roles"}, 15, 30 * time.Minute},
		{"two are recommended, and eight were chosen", map[string]string{"two_factor.who": "recommended", "password.min_length": "8"}, 15, 30 * time.Minute},
		{"two are recommended, and more was chosen", map[string]string{"two_factor.who": "recommended", "password.min_length": "20"}, 20, 30 * time.Minute},
		{"sessions that end before they are idle", map[string]string{"session.idle": "1h", "session.absolute": "10m"}, 12, 10 * time.Minute},
	} {
		s, bad := settings.Parse(c.values)
		require.Empty(t, bad, c.name)
		require.Equal(t, c.length, s.Password(now).MinLength, c.name)
		require.Equal(t, c.idle, s.Session.Idle, c.name)
	}
}

func TestTheDayFromWhichTwoFactorBinds(t *testing.T) {
	at := func(text string) time.Time {
		moment, err := time.Parse(time.DateTime, text)
		require.NoError(t, err)
		return moment
	}
	for _, c := range []struct {
		name, who, from string
		now             time.Time
		rule            settings.TwoFactorRule
		by              string
		length          int
	}{
		{"no day is at once", "everyone", "", now, settings.TwoFactorEveryone, "", 12},
		{"a day to come binds nobody yet", "everyone", "2026-04-01", now, settings.TwoFactorRecommended, "2026-04-01 00:00:00", 15},
		{"nor the last moment before it", "roles", "2026-04-01", at("2026-03-31 23:59:59"), settings.TwoFactorRecommended, "2026-04-01 00:00:00", 15},
		{"it binds as it begins", "everyone", "2026-04-01", at("2026-04-01 00:00:00"), settings.TwoFactorEveryone, "", 12},
		{"and ever after", "roles", "2026-04-01", at("2029-01-01 00:00:00"), settings.TwoFactorRoles, "", 15},
		{"who must do nothing waits for nothing", "recommended", "2026-04-01", now, settings.TwoFactorRecommended, "", 15},
		{"a day that nobody could choose binds at once", "everyone", "2026-07-01", now, settings.TwoFactorEveryone, "", 12},
	} {
		s, bad := settings.Parse(map[string]string{"two_factor.who": c.who, "two_factor.from": c.from})
		require.Empty(t, bad, c.name)
		require.Equal(t, c.rule, s.TwoFactor(c.now), c.name)
		require.Equal(t, c.length, s.Password(c.now).MinLength, c.name)
		by := ""
		if from := s.TwoFactorFrom(c.now); !from.IsZero() {
			by = from.Format(time.DateTime)
		}
		require.Equal(t, c.by, by, c.name)
	}
	short, bad := settings.Parse(map[string]string{"two_factor.from": "2026-04-01", "password.min_length": "9"})
	require.Empty(t, bad)
	require.Equal(t, 15, short.Password(now).MinLength, "while somebody may do without")
	require.Equal(t, 9, short.Password(at("2026-04-01 00:00:00")).MinLength)
}
