package settings_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/settings"
)

func TestEachParameterLoosensInOneDirection(t *testing.T) {
	// A value that protects less comes after one that protects more.
	strictFirst := map[string][]string{
		"password.min_length":        {"64", "15", "8"},
		"password.min_strength":      {"4", "3"},
		"password.lower":             {"on", "off"},
		"password.upper":             {"on", "off"},
		"password.digit":             {"on", "off"},
		"password.symbol":            {"on", "off"},
		"password.history":           {"24", "5", "0"},
		"password.max_age":           {"1d", "90d", "365d", "0"},
		"password.temporary":         {"off", "on"},
		"reset.life":                 {"5m", "30m", "1d"},
		"reset.per_account":          {"1", "5", "100"},
		"reset.gap":                  {"1h", "59m30s", "1s"},
		"reset.per_address":          {"1", "30", "1000"},
		"invite.life":                {"1h", "7d", "30d"},
		"signin.failures":            {"3", "5", "10"},
		"signin.wait":                {"1h", "30s", "1s"},
		"signin.disable_after":       {"10", "100"},
		"signin.codes":               {"3", "5", "10"},
		"signin.disable_codes_after": {"10", "20", "100"},
		"password.temporary_life":    {"1h", "24h", "7d"},
		"signin.per_address":         {"1", "30", "10000"},
		"signin.names_per_address":   {"1", "10", "10000"},
		"two_factor.who":             {"everyone", "roles", "recommended"},
		"two_factor.from":            {"", "2026-03-03", "2026-05-31"},
		"session.idle":               {"1m", "30m", "1h"},
		"session.absolute":           {"10m", "12h", "1d"},
		"session.per_operator":       {"1", "3", "20"},
		"session.proof":              {"1m", "5m", "15m"},
		"two_factor.strict":          {"on", "off"},
		"passkeys.who":               {"everyone", "administrators", "roles"},
		"passkeys.alone":             {"off", "on"},
		"audit.requests":             {"on", "off"},
		"forms.human_pace":           {"on", "off"},
		"signin.networks":            {"192.0.2.0/25", "192.0.2.0/24, 2001:db8::/32", ""},
		"audit.keep":                 {"3650d", "365d", "90d"},
		// These do not protect.
		"office.name":        nil,
		"office.contact":     nil,
		"office.accent":      nil,
		"office.language":    nil,
		"signin.paused":      nil,
		"signin.paused_text": nil,
	}
	require.Len(t, strictFirst, len(settings.Definitions()))
	for _, d := range settings.Definitions() {
		values, ok := strictFirst[d.Name]
		require.True(t, ok, d.Name)
		for i := range values {
			for j := range values {
				require.Equal(t, i < j, d.Loosens(values[i], values[j]), "%s from %s to %s", d.Name, values[i], values[j])
			}
		}
		if values == nil {
			require.False(t, d.Loosens("on", "off") || d.Loosens("off", "on") || d.Loosens("0", "1d") || d.Loosens("1d", "0"), d.Name)
		}
	}
}

func TestOnlyWhatTheStandardAdvisesAgainstDeparts(t *testing.T) {
	departing := map[string][]string{
		"password.lower": {"on"}, "password.upper": {"on"}, "password.digit": {"on"}, "password.symbol": {"on"},
		"password.max_age": {"1d", "365d"}, "password.history": {"1", "24"}, "password.temporary": {"on"},
		"two_factor.who": {"roles", "recommended"}, "two_factor.from": {"2026-03-03", "2026-05-31"},
	}
	for _, d := range settings.Definitions() {
		require.False(t, d.Departs(d.Default(), now), "%s: the default conforms", d.Name)
		for _, value := range departing[d.Name] {
			require.NoError(t, d.Check(value), d.Name)
			require.True(t, d.Departs(value, now), "%s = %s", d.Name, value)
		}
		if departing[d.Name] == nil && d.Kind == settings.KindNumber {
			require.False(t, d.Departs("11", now), d.Name)
		}
	}
}

func TestEmptyIsTheDefaultOfTheOffice(t *testing.T) {
	for _, d := range settings.Definitions() {
		if d.Check("") != nil {
			continue
		}
		own := d.DefaultingTo("#336699")
		require.Equal(t, "#336699", own.Default())
		stored, err := own.Accept("", now)
		require.NoError(t, err)
		require.Equal(t, "#336699", stored, d.Name)
	}
}

func TestADayIsChosenNearby(t *testing.T) {
	i := slices.IndexFunc(settings.Definitions(), func(d settings.Definition) bool { return d.Name == "two_factor.from" })
	d := settings.Definitions()[i]
	for _, c := range []struct{ name, value, stored string }{
		{"none", "", ""},
		{"tomorrow", "2026-03-03", "2026-03-03"},
		{"ninety days ahead", "2026-05-31", "2026-05-31"},
		{"today has begun, so it binds", "2026-03-02", ""},
		{"a day long past", "1999-12-31", ""},
	} {
		stored, err := d.Accept(c.value, now)
		require.NoError(t, err, c.name)
		require.Equal(t, c.stored, stored, c.name)
	}
	for _, far := range []string{"2026-06-01", "2027-03-02", "9999-12-31", "today"} {
		_, err := d.Accept(far, now)
		require.Error(t, err, far)
	}
	require.False(t, d.Departs("2026-03-02", now), "a day that has come conforms")
}

func TestValuesThatDoNotGoTogetherAreNamed(t *testing.T) {
	for _, c := range []struct {
		name   string
		values map[string]string
		field  string
	}{
		{"nothing chosen", nil, ""},
		{"a short password where everybody has two factors", map[string]string{"password.min_length": "8"}, ""},
		{"a short password where some do without", map[string]string{"password.min_length": "14", "two_factor.who": "roles"}, "password.min_length"},
		{"a short password where nobody must", map[string]string{"password.min_length": "8", "two_factor.who": "recommended"}, "password.min_length"},
		{"a long one there", map[string]string{"password.min_length": "15", "two_factor.who": "recommended"}, ""},
		{"the length left open there", map[string]string{"password.min_length": "0", "two_factor.who": "roles"}, ""},
		{"idle longer than a session lasts", map[string]string{"session.idle": "30m", "session.absolute": "20m"}, "session.idle"},
		{"the default of it as well", map[string]string{"session.absolute": "29m"}, "session.idle"},
		{"idle as long as a session lasts", map[string]string{"session.idle": "20m", "session.absolute": "20m"}, ""},
		{"what does not parse is not its affair", map[string]string{"session.absolute": "soon"}, ""},
	} {
		var fields []string
		settings.CrossCheck(c.values, func(name, code string, text messages.Text) {
			fields = append(fields, name)
			require.NotEmpty(t, code, c.name)
			require.NotEmpty(t, text.String(), c.name)
		})
		if c.field == "" {
			require.Empty(t, fields, c.name)
			continue
		}
		require.Equal(t, []string{c.field}, fields, c.name)
	}
}

func TestDurationsAreReadAndWrittenAsPeopleDo(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "0d": 0, "90s": 90 * time.Second, "30m": 30 * time.Minute, "24h": 24 * time.Hour, "1d": 24 * time.Hour,
		"1h30m": 90 * time.Minute, "1.5h": 90 * time.Minute, "106751d": 106751 * 24 * time.Hour,
	} {
		got, err := settings.ParseDuration(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "d", "1", "1.5d", "-1d", "106752d", "99999999999999999999d", "1d12h", "1 d", "one", "∞", "d1"} {
		_, err := settings.ParseDuration(text)
		require.Error(t, err, text)
	}
	for d, want := range map[time.Duration]string{
		0: "0", time.Second: "1s", 90 * time.Second: "90s", time.Hour: "1h", 24 * time.Hour: "1d", 36 * time.Hour: "36h",
		1500 * time.Millisecond: "1.5s",
	} {
		require.Equal(t, want, settings.FormatDuration(d))
	}
}

func FuzzDurations(f *testing.F) {
	for _, s := range []string{"0", "7d", "30m", "1h30m", "+5m", "-0", "1e9s", "106751d", "0x1d", "٣d", "1.5d", "9223372036854775807ns"} {
		f.Add(s, int64(len(s)))
	}
	f.Add("", int64(math.MaxInt64))
	f.Fuzz(func(t *testing.T, text string, n int64) {
		if d, err := settings.ParseDuration(text); err == nil && d >= 0 {
			again, err := settings.ParseDuration(settings.FormatDuration(d))
			require.NoError(t, err, text)
			require.Equal(t, d, again, text)
		}
		if n >= 0 {
			d, err := settings.ParseDuration(settings.FormatDuration(time.Duration(n)))
			require.NoError(t, err)
			require.Equal(t, time.Duration(n), d)
		}
	})
}

func FuzzAParameterIsTakenInOneSpelling(f *testing.F) {
	for _, s := range []string{"0", "007", "+15", "168h", "7d", "on", "everyone", "#C0392B", "a notice", "\xff", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, d := range settings.Definitions() {
			if d.Check(value) != nil {
				continue
			}
			one := d.Spelling(value)
			require.NoError(t, d.Check(one), d.Name)
			require.Equal(t, one, d.Spelling(one), d.Name)
			require.False(t, d.Loosens(value, one) || d.Loosens(one, value), d.Name)
			before, bad := settings.Parse(map[string]string{d.Name: value})
			require.Empty(t, bad)
			after, bad := settings.Parse(map[string]string{d.Name: one})
			require.Empty(t, bad)
			if d.Kind != settings.KindColour {
				require.Equal(t, before, after, d.Name)
			}
			require.False(t, slices.ContainsFunc([]byte(one), func(b byte) bool { return b < ' ' }), d.Name)
		}
	})
}
