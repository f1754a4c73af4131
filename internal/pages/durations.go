package pages

import (
	"strings"
	"time"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/internal/view"
)

// units are the units of time that people choose beside a number, by their names
// in settings.ParseDuration, with their messages.
var units = []struct {
	name, key string
	length    time.Duration
}{
	{"s", "parameters.unit.seconds", time.Second},
	{"m", "parameters.unit.minutes", time.Minute},
	{"h", "parameters.unit.hours", time.Hour},
	{"d", "parameters.unit.days", 24 * time.Hour},
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

// unitsFor are the units to choose from for a parameter: from the unit of its lowest
// value to the unit of its highest, and always the one that is chosen.
func unitsFor(in *messages.Language, d settings.Definition, chosen string) []view.Option {
	_, least := splitDuration(d.Least)
	most, _ := settings.ParseDuration(d.Most)
	var options []view.Option
	reached := false
	for _, u := range units {
		reached = reached || u.name == least
		if u.name == chosen || reached && u.length <= most {
			options = append(options, view.Option{Value: u.name, Label: in.Text(u.key), Chosen: u.name == chosen})
		}
	}
	return options
}
