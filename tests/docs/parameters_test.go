package docs_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/settings"
)

func TestTheDefaultsAreInForceWhereNobodyChoseOthers(t *testing.T) {
	inForce, bad := settings.Parse(nil)
	require.Empty(t, bad)
	for _, def := range settings.Definitions() {
		set, bad := settings.Parse(map[string]string{def.Name: def.Default()})
		require.Empty(t, bad, def.Name)
		require.Equal(t, inForce, set, "%s is not %q while nobody changed it", def.Name, def.Default())
	}
}

func parameters(t *testing.T) string {
	t.Helper()
	var rows [][]string
	for _, def := range settings.Definitions() {
		mark := ""
		if def.CanDepart() {
			mark = "yes"
		}
		rows = append(rows, []string{code(def.Name), def.Called().String(), effect(def), shownDefault(def), shownRange(def), looser(def), mark})
	}
	return table([]string{"parameter", "on the page", "effect", "default", "range", "protects less when", "can depart from NIST"}, rows)
}

// effect adds what 0 means, which the page has among its presets.
func effect(def settings.Definition) string {
	if def.Zero().IsZero() || def.Check("0") != nil || def.Name == "password.min_length" {
		return def.Effect().String()
	}
	return def.Effect().String() + " 0 means " + strings.ToLower(def.Zero().String()) + "."
}

// looser tries in which direction a parameter protects less.
func looser(def settings.Definition) string {
	low, high, words := "1", "2", [2]string{"higher", "lower"}
	switch def.Kind {
	case settings.KindSwitch:
		low, high, words = "off", "on", [2]string{"on", "off"}
	case settings.KindDuration:
		low, high, words = "1m", "2m", [2]string{"longer", "shorter"}
	case settings.KindChoice:
		if len(def.Choices) < 2 {
			return ""
		}
		low, high, words = def.Choices[0], def.Choices[1], [2]string{"further to the right", "further to the left"}
	case settings.KindDate:
		low, high, words = "", "2026-03-20", [2]string{"later", "earlier"}
	}
	switch {
	case def.Loosens(low, high):
		return words[0]
	case def.Loosens(high, low):
		return words[1]
	}
	return ""
}

func shownDefault(def settings.Definition) string {
	text := def.Default()
	switch def.Name {
	case "password.min_length":
		return "0: 12, because everyone must have two-factor by default"
	case "office.name":
		return "`Config.Name`"
	case "office.contact":
		return "`Config.Contact`"
	case "office.accent":
		return "`Config.Look`, or built in"
	}
	if def.Kind == settings.KindDuration {
		return spelled(text)
	}
	if def.Kind == settings.KindDate && text == "" {
		return "immediately"
	}
	if text == "" {
		return "empty"
	}
	if text == "0" || def.Unit().IsZero() {
		return text
	}
	return text + " " + def.Unit().String()
}

func shownRange(def settings.Definition) string {
	switch {
	case def.Name == "password.min_length":
		return "0, or 8 to 64; at least 15 unless everyone must have two-factor"
	case def.Kind == settings.KindChoice && len(def.Choices) > 1:
		return codes(def.Choices)
	case def.Kind == settings.KindDuration:
		shown := spelled(def.Least) + " to " + spelled(def.Most)
		if def.OrNone {
			return "0 or " + shown
		}
		return shown
	}
	return def.Range().String()
}

// spelled writes a duration of the table as people say it.
func spelled(text string) string {
	d, err := settings.ParseDuration(text)
	if err != nil {
		return text
	}
	return people(d)
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
