package pages

import (
	"strings"
	"time"

	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/internal/view"
)

// units are the units of time that people choose beside a number, by their names
// in settings.ParseDuration.
var units = []struct {
	name, many string
	length     time.Duration
}{
	{"s", "seconds", time.Second},
	{"m", "minutes", time.Minute},
	{"h", "hours", time.Hour},
	{"d", "days", 24 * time.Hour},
}

// splitDuration splits a duration into number and unit. Zero has no unit, nor has
// a malformed value.
func splitDuration(value string) (number, unit string) {
	t, err := settings.ParseDuration(value)
	if err != nil {
		return value, ""
	}
	text := settings.FormatDuration(t)
	if i := len(text) - 1; i > 0 && text[i] >= 'a' {
		return text[:i], text[i:]
	}
	return text, ""
}

// joinDuration is a duration as it is stored, from a number and a unit. If they
// do not make one, it is what was typed.
func joinDuration(number, unit string) string {
	text := strings.TrimSpace(strings.TrimSpace(number) + unit)
	if t, err := settings.ParseDuration(text); err == nil {
		return settings.FormatDuration(t)
	}
	return text
}

// readableRange is which numbers or durations may be typed; empty if there is
// nothing to type.
func readableRange(d settings.Definition) string {
	text := strings.TrimPrefix(d.Range, "0 or ")
	if more, ok := strings.CutPrefix(text, "0 to "); ok && d.Zero != "" {
		text = "1 to " + more // 0 is a preset
	}
	switch d.Kind {
	case settings.KindSwitch, settings.KindChoice:
		return ""
	case settings.KindDuration:
		low, high, _ := strings.Cut(text, " to ")
		return settings.DurationWords(low) + " to " + settings.DurationWords(high)
	}
	return text
}

// unitsFor are the units to choose from for a parameter: from the unit of its lowest
// value to the unit of its highest, and always the one that is chosen.
func unitsFor(d settings.Definition, chosen string) []view.Option {
	low, high, _ := strings.Cut(strings.TrimPrefix(d.Range, "0 or "), " to ")
	_, least := splitDuration(low)
	most, _ := settings.ParseDuration(high)
	var options []view.Option
	reached := false
	for _, u := range units {
		reached = reached || u.name == least
		if u.name == chosen || reached && u.length <= most {
			options = append(options, view.Option{Value: u.name, Label: u.many, Chosen: u.name == chosen})
		}
	}
	return options
}
