package pages

import (
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/internal/view"
)

// unitOf is a unit of time that people choose beside a number, by what
// settings.ParseDuration calls it.
type unitOf struct {
	name, one, many string
	length          time.Duration
}

var units = []unitOf{
	{"s", "second", "seconds", time.Second},
	{"m", "minute", "minutes", time.Minute},
	{"h", "hour", "hours", time.Hour},
	{"d", "day", "days", 24 * time.Hour},
}

// splitDuration takes a duration apart into number and unit. Zero, and what
// cannot be read, has no unit.
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

// joinDuration is a duration as it is stored, from what was typed and the unit
// that was chosen beside it; what makes no duration stays as it was typed.
func joinDuration(number, unit string) string {
	text := strings.TrimSpace(strings.TrimSpace(number) + unit)
	if t, err := settings.ParseDuration(text); err == nil {
		return settings.FormatDuration(t)
	}
	return text
}

// sameDuration says whether two texts are the same time: "1h" and "60m".
func sameDuration(a, b string) bool {
	x, errX := settings.ParseDuration(a)
	y, errY := settings.ParseDuration(b)
	return errX == nil && errY == nil && x == y
}

// readableDuration is "30m" as people read it: "30 minutes".
func readableDuration(value string) string {
	number, unit := splitDuration(value)
	for _, u := range units {
		switch {
		case u.name == unit && number == "1":
			return number + " " + u.one
		case u.name == unit:
			return number + " " + u.many
		}
	}
	return number
}

// readableRange is the range of a duration in words.
func readableRange(d settings.Definition) string {
	low, high, _ := strings.Cut(d.Range, " to ")
	return readableDuration(low) + " to " + readableDuration(high)
}

// unitsFor are the units that make sense for a parameter, and always the one
// that is chosen: from that of its lowest value to that of its highest. Where
// the lowest is none at all, it is the highest's alone.
func unitsFor(d settings.Definition, chosen string) []view.Option {
	low, high, _ := strings.Cut(d.Range, " to ")
	most, _ := settings.ParseDuration(high)
	first := slices.IndexFunc(units, func(u unitOf) bool { _, name := splitDuration(low); return u.name == name })
	if first < 0 {
		_, name := splitDuration(high)
		first = slices.IndexFunc(units, func(u unitOf) bool { return u.name == name })
	}
	var options []view.Option
	for i, u := range units {
		if u.name == chosen || i >= first && u.length <= most {
			options = append(options, view.Option{Value: u.name, Label: u.many, Chosen: u.name == chosen})
		}
	}
	return options
}
