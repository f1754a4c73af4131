package settings_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/settings"
)

func definition(t *testing.T, name string) settings.Definition {
	t.Helper()
	i := slices.IndexFunc(settings.Definitions(), func(d settings.Definition) bool { return d.Name == name })
	require.NotEqual(t, -1, i, name)
	return settings.Definitions()[i]
}

func TestWhatAValueMeansNow(t *testing.T) {
	roles, later := map[string]string{"two_factor.who": "roles"}, map[string]string{"two_factor.from": "2026-04-01"}
	const because, unless = ", because everyone must have two-factor authentication", ", because not everyone must have two-factor authentication"
	for _, c := range []struct {
		name, value          string
		others               map[string]string
		means, brief, counts string
	}{
		{"password.min_length", "0", nil, "Automatic: 12 characters" + because, "Automatic: 12 characters", "12"},
		{"password.min_length", "0", roles, "Automatic: 15 characters" + unless, "Automatic: 15 characters", "15"},
		{"password.min_length", "0", later, "Automatic: 15 characters" + unless + " before 1 April 2026", "Automatic: 15 characters", "15"},
		{"password.min_length", "9", nil, "9 characters", "9 characters", "9"},
		{"password.min_length", "9", later, "15 characters" + unless + "; 9 once everyone must", "9 characters", "15"},
		{"password.min_length", "20", roles, "20 characters", "20 characters", "20"},
		{"password.min_length", "many", nil, "many", "many", "many"},
		{"password.max_age", "0", nil, "Never", "Never", "0"},
		{"password.max_age", "1d", nil, "1 day", "1 day", "1d"},
		{"password.history", "0", nil, "None", "None", "0"},
		{"password.history", "1", nil, "1 password", "1 password", "1"},
		{"session.absolute", "5400s", nil, "90 minutes", "90 minutes", "5400s"},
		{"session.idle", "1h", nil, "1 hour", "1 hour", "1h"},
		{"signin.networks", "", nil, "Everywhere", "Everywhere", ""},
		{"signin.paused_text", "", nil, "None", "None", ""},
		{"signin.paused", "on", nil, "On", "On", "on"},
		{"two_factor.who", "everyone", nil, "Everyone", "Everyone", "everyone"},
		{"two_factor.who", "everyone", later, "Everyone, from 1 April 2026", "Everyone", "everyone"},
		{"two_factor.who", "roles", later, "Roles that require it, from 1 April 2026", "Roles that require it", "roles"},
		{"two_factor.who", "recommended", later, "No one; it is only recommended", "No one; it is only recommended", "recommended"},
		{"two_factor.from", "", nil, "Immediately", "Immediately", ""},
		{"two_factor.from", "2026-02-01", nil, "Immediately", "Immediately", ""},
		{"two_factor.from", "2026-04-01", nil, "1 April 2026", "1 April 2026", "2026-04-01"},
	} {
		d, in := definition(t, c.name), settings.InForce{Values: c.others, Now: now}
		require.Equal(t, [3]string{c.means, c.brief, c.counts}, [3]string{d.Means(c.value, in).String(), d.Brief(c.value, in).String(), d.Counts(c.value, in)}, "%s = %q", c.name, c.value)
	}
}

func TestPresetsAreInRangeAndHaveTheDefault(t *testing.T) {
	for _, d := range settings.Definitions() {
		if d.Kind == settings.KindNumber || d.Kind == settings.KindDuration {
			require.Contains(t, d.Presets, d.Default(), d.Name)
		}
		for _, value := range d.Presets {
			require.NoError(t, d.Check(value), d.Name)
			require.Equal(t, value, d.Spelling(value), d.Name)
		}
	}
}

// TestEveryParameterHasItsMessages looks for what would be said as a key.
func TestEveryParameterHasItsMessages(t *testing.T) {
	for _, d := range settings.Definitions() {
		said := []messages.Text{d.Section(), d.Label(), d.Effect(), d.Zero(), d.Unit(), d.Range(), d.Takes(), d.Typed(), d.Problem("\x00"), messages.New("settings.words." + d.Name)}
		for _, value := range slices.Concat(d.Choices, d.Presets, []string{d.Default(), "", "0", "1"}) {
			said = append(said, d.Meant(value))
		}
		for _, text := range said {
			if text.Key() != "" {
				require.True(t, messages.English().Has(text.Key()), text.Key())
			}
			require.NotContains(t, text.String(), "…", text.Key())
		}
	}
	for _, s := range settings.Sections() {
		require.True(t, messages.English().Has(s.Title().Key()) && messages.English().Has(s.Text().Key()), s.ID)
	}
}

func TestWhichValuesAreTaken(t *testing.T) {
	for name, want := range map[string][3]string{
		"password.min_length": {"0 or 8 to 64", "0 (Automatic) or 8 to 64 characters", "8 to 64"},
		"password.max_age":    {"0 or 1d to 3650d", "0 (Never) or 1d to 3650d", "1 day to 3,650 days"},
		"password.history":    {"0 to 24", "0 (None) to 24 passwords", "1 to 24"},
		"signin.per_address":  {"1 to 10000", "1 to 10000 attempts", "1 to 10000"},
		"reset.life":          {"5m to 1d", "5m to 1d", "5 minutes to 1 day"},
		"two_factor.strict":   {"on or off", "on or off", ""},
		"two_factor.who":      {"everyone, roles, recommended", "everyone, roles, recommended", ""},
		"office.name":         {"one line of at most 80 bytes, with a letter, digit or symbol", "one line of at most 80 bytes, with a letter, digit or symbol", "one line of at most 80 bytes, with a letter, digit or symbol"},
		"two_factor.from":     {"a day at most 90 days ahead, or none", "a day at most 90 days ahead, or none", "a day at most 90 days ahead, or none"},
	} {
		d := definition(t, name)
		require.Equal(t, want, [3]string{d.Range().String(), d.Takes().String(), d.Typed().String()}, name)
	}
}

func TestWhatPeopleLookForIsFound(t *testing.T) {
	for query, name := range map[string]string{
		"rate limit": "signin.per_address", "Rate-Limit": "reset.per_address", "throttle": "signin.wait", "password policy": "password.min_length", "complexity": "password.upper",
		"2fa": "two_factor.who", "MFA": "two_factor.who", "totp": "two_factor.strict", "okta": "signin.company_only", "saml": "signin.company_only", "clock drift": "two_factor.strict", "two-factor": "two_factor.who", "grace period": "two_factor.from",
		"lockout": "signin.failures", "brute force": "signin.disable_after", "credential stuffing": "signin.disable_after", "spraying": "signin.names_per_address",
		"timeout": "session.idle", "idle": "session.idle", "automatic logout": "session.idle", "inactiv": "session.idle", "concurrent": "session.per_operator", "sudo": "session.proof",
		"whitelist": "signin.networks", "allow list": "signin.networks", "ip": "signin.networks", "vpn": "signin.networks",
		"retention": "audit.keep", "GDPR": "audit.keep", "captcha": "forms.human_pace", "expiration": "password.max_age", "rotation": "password.max_age", "reuse": "password.history",
		"invite": "invite.life", "theme": "office.accent", "logo": "office.accent", "brand color": "office.accent", "downtime": "signin.paused", "locale": "office.language", "translation": "office.language", "session.idle": "session.idle", "min_length": "password.min_length",
		"rate limits": "signin.per_address", "rate limiting": "reset.per_account", "throttling": "signin.wait", "lockouts": "signin.failures", "account lockout": "signin.failures", "failed logins": "signin.per_address",
		"max login attempts": "signin.failures", "bruteforce": "signin.failures", "timeouts": "session.idle", "logoff": "session.idle", "session length": "session.absolute", "stay signed in": "session.absolute",
		"number of sessions": "session.per_operator", "re-authentication": "session.proof", "ip addresses": "signin.networks", "ip restriction": "signin.networks", "twofactor": "two_factor.who", "bots": "forms.human_pace",
		"retention period": "audit.keep", "data retention": "audit.keep", "password expires": "password.max_age", "invite expires": "invite.life", "forgotten password": "reset.life", "emails per hour": "reset.per_account",
		"special characters": "password.symbol", "symbols": "password.symbol", "numbers in password": "password.digit", "digits": "password.digit", "company name": "office.name", "maintenance mode": "signin.paused",
	} {
		var found []string
		for _, d := range settings.Definitions() {
			if settings.Matches(query, d.Haystack(messages.English())) {
				found = append(found, d.Name)
			}
		}
		require.Contains(t, found, name, query)
		require.LessOrEqual(t, len(found), 12, query)
	}
	for _, query := range []string{"banana", "rate banana", "ate"} {
		require.False(t, slices.ContainsFunc(settings.Definitions(), func(d settings.Definition) bool { return settings.Matches(query, d.Haystack(messages.English())) }), query)
	}
	require.True(t, settings.Matches(" ", definition(t, "session.idle").Haystack(messages.English())), "nothing asked for is everything")
}
