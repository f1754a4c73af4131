package docs_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
)

// defaults are the parameters as they are while nobody changed them. That they
// are right is checked below: setting a parameter to its default changes nothing.
var defaults = map[string]string{
	"password.min_length":      "0",
	"password.min_strength":    "3",
	"password.lower":           "off",
	"password.upper":           "off",
	"password.digit":           "off",
	"password.symbol":          "off",
	"password.max_age":         "0s",
	"password.history":         "0",
	"reset.life":               "30m",
	"reset.per_account":        "5",
	"reset.gap":                "1m",
	"reset.per_address":        "30",
	"invite.life":              "168h",
	"signin.failures":          "5",
	"signin.wait":              "30s",
	"signin.per_address":       "30",
	"signin.names_per_address": "10",
	"two_factor.who":           "everyone",
	"session.idle":             "30m",
	"session.absolute":         "12h",
	"session.per_operator":     "3",
	"session.proof":            "5m",
	"signin.paused":            "off",
	"signin.paused_text":       "",
}

func TestTheDocumentedDefaultsAreTheDefaults(t *testing.T) {
	inForce, bad := desk.Parse(nil)
	require.Empty(t, bad)
	seen := map[string]bool{}
	for _, def := range desk.Definitions() {
		text, known := defaults[def.Name]
		require.True(t, known, "no default is documented for %s", def.Name)
		seen[def.Name] = true
		set, bad := desk.Parse(map[string]string{def.Name: text})
		require.Empty(t, bad, def.Name)
		require.Equal(t, inForce, set, "%s is not %q while nobody changed it", def.Name, text)
	}
	require.Len(t, seen, len(defaults), "a default is documented for a parameter that is gone")
}

func parameters(t *testing.T) string {
	t.Helper()
	var rows [][]string
	for _, def := range desk.Definitions() {
		mark := ""
		if def.Departs {
			mark = "yes"
		}
		rows = append(rows, []string{code(def.Name), def.Effect, shownDefault(def), shownRange(def), mark})
	}
	return table([]string{"parameter", "effect", "default", "range", "can depart from NIST"}, rows)
}

func shownDefault(def desk.Definition) string {
	text := defaults[def.Name]
	if def.Name == "password.min_length" {
		return "0: 12, as everyone must have two-factor by default"
	}
	if text == "" {
		return "empty"
	}
	if d, err := time.ParseDuration(text); err == nil && def.Unit == "time" {
		return people(d)
	}
	if text == "0" || def.Unit == "" {
		return text
	}
	return text + " " + def.Unit
}

func shownRange(def desk.Definition) string {
	words := strings.Fields(def.Range)
	for i, w := range words {
		if d, err := time.ParseDuration(w); err == nil && def.Unit == "time" {
			words[i] = people(d)
		}
	}
	if def.Name == "password.min_length" {
		return "0, or 8 to 64; never under 15 unless everyone must have two-factor"
	}
	if strings.HasPrefix(def.Range, "[") {
		return codes(strings.Fields(strings.Trim(def.Range, "[]")))
	}
	return strings.Join(words, " ")
}

// people writes a duration as people say it.
func people(d time.Duration) string {
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		if d == 0 || d%unit.of != 0 {
			continue
		}
		n := int64(d / unit.of)
		if unit.name == "day" && n == 1 {
			return "24 hours"
		}
		if n == 1 {
			return "1 " + unit.name
		}
		return strconv.FormatInt(n, 10) + " " + unit.name + "s"
	}
	if d == 0 {
		return "0"
	}
	return fmt.Sprint(d)
}
