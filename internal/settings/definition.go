package settings

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/brand"
	"github.com/postern-go/postern/internal/messages"
)

// Definition is one parameter. Stored and posted values are validated against it,
// and the page of parameters and the documentation are made from it. What it says are
// messages whose keys have its name: "settings.session.idle.label".
type Definition struct {
	// Name is the key in the store and the form field.
	Name string
	// SectionID is the last part of the path of its page.
	SectionID string
	Kind      Kind
	// Low and High bound a number; High is also the most bytes of a text.
	Low, High int
	// Least and Most bound a number or duration, as they are stored. With OrNone, "0" is
	// a value as well.
	Least, Most string
	OrNone      bool
	// Choices are the values of a choice, the strictest first.
	Choices []string
	// Presets are values to choose from, as they are stored, the default among them.
	Presets []string

	// keys are those of its messages, and args the arguments of all of them.
	keys keys
	args []any
	// unit is the last part of the keys of what a number counts.
	unit string
	// named reports that "0", or no text, means something that is not a value like others.
	named bool
	// counts and means replace what [Definition.Counts] and [Definition.Means] say
	// about values that depend on others.
	counts func(s Settings, now time.Time) string
	means  func(s Settings, now time.Time) (brief, full messages.Text)
	// wrong says what is wrong with a text.
	wrong func(text string) error
	// open reports that the choices depend on the office, and names is what people call
	// one of them.
	open    bool
	names   func(choice string) string
	departs func(text string, now time.Time) bool
	looser  func(before, after string) bool
	// set parses a value into the settings. If the value is out of range it
	// returns false and leaves them unchanged.
	set     func(s *Settings, text string) bool
	initial string
}

// Kind is how a parameter is entered.
type Kind string

const (
	KindNumber   Kind = "number"
	KindDuration Kind = "duration"
	KindSwitch   Kind = "switch"
	KindChoice   Kind = "choice"
	KindText     Kind = "text"
	// KindDate is a day as 2006-01-02, or empty for none.
	KindDate Kind = "date"
	// KindColour is "#rrggbb".
	KindColour Kind = "colour"
)

// Default is the value in force if no one chose another.
func (d Definition) Default() string { return d.initial }

// DefaultingTo returns the parameter with the default of one office.
func (d Definition) DefaultingTo(value string) Definition {
	d.initial = value
	return d
}

// Check returns an error if a stored value is out of range.
func (d Definition) Check(value string) error {
	s := Defaults()
	if !d.set(&s, value) {
		return d.outOfRange(value)
	}
	return nil
}

func (d Definition) outOfRange(value string) error {
	return fmt.Errorf("%s: %q is out of range: %s", d.Name, value, d.Range())
}

// Accept returns the spelling to store of a value that is chosen now, or an error
// if it is out of range. An empty value is the default. A day already begun is
// stored as none.
func (d Definition) Accept(value string, now time.Time) (string, error) {
	if err := d.Check(value); err != nil {
		return "", err
	}
	if value == "" {
		return d.initial, nil
	}
	if d.Kind == KindDate {
		day, err := ParseDay(value)
		switch {
		case err != nil:
			return "", err
		case !day.After(now):
			return "", nil
		case day.Sub(now) > MostNotice:
			return "", d.outOfRange(value)
		}
	}
	return d.Spelling(value), nil
}

// Spelling returns the canonical form of a value in range, so that writing the
// same number or duration differently is not a change.
func (d Definition) Spelling(value string) string {
	switch d.Kind {
	case KindNumber:
		if n, err := strconv.Atoi(value); err == nil {
			return strconv.Itoa(n)
		}
	case KindDuration:
		if t, err := ParseDuration(value); err == nil {
			return FormatDuration(t)
		}
	case KindColour:
		return strings.ToLower(value)
	}
	return value
}

// Departs reports whether a value departs from NIST SP 800-63B-4 at a time.
func (d Definition) Departs(value string, now time.Time) bool {
	return d.departs != nil && d.departs(value, now)
}

// CanDepart reports whether any value in range departs.
func (d Definition) CanDepart() bool { return d.departs != nil }

// Loosens reports whether changing one value to another protects less. Both are
// values that count: see [Definition.Counts].
func (d Definition) Loosens(before, after string) bool {
	return before != after && d.looser != nil && d.looser(before, after)
}

// way is the direction in which a parameter protects more.
type way int

const (
	anyWay way = iota
	higher
	lower
)

// A switch protects more when it is on, when it is off, or neither.
const (
	on      = higher
	off     = lower
	neither = anyWay
)

func looser[T int | time.Duration](w way, value func(string) T) func(before, after string) bool {
	return func(before, after string) bool {
		b, a := value(before), value(after)
		return w == higher && a < b || w == lower && a > b
	}
}

// departing marks every value except the default as departing from the standard.
func departing(d Definition) Definition {
	d.departs = func(text string, _ time.Time) bool { return text != d.initial }
	return d
}

func number(name, unit string, low, high int, w way, field func(*Settings) *int) Definition {
	defaults := Defaults()
	return Definition{
		Name: name, Kind: KindNumber, unit: unit, Low: low, High: high, Least: strconv.Itoa(low), Most: strconv.Itoa(high), initial: strconv.Itoa(*field(&defaults)),
		set: func(s *Settings, text string) bool {
			n, err := strconv.Atoi(text)
			if err != nil || n < low || n > high {
				return false
			}
			*field(s) = n
			return true
		},
		looser: looser(w, func(text string) int { n, _ := strconv.Atoi(text); return n }),
	}
}

func duration(name string, low, high time.Duration, w way, field func(*Settings) *time.Duration) Definition {
	defaults := Defaults()
	return Definition{
		Name: name, Kind: KindDuration, Least: FormatDuration(low), Most: FormatDuration(high), initial: FormatDuration(*field(&defaults)),
		set: func(s *Settings, text string) bool {
			t, err := ParseDuration(text)
			if err != nil || t < low || t > high {
				return false
			}
			*field(s) = t
			return true
		},
		looser: looser(w, func(text string) time.Duration { t, _ := ParseDuration(text); return t }),
	}
}

// mostDays is the largest number of days that a time.Duration holds.
const mostDays = int(math.MaxInt64 / (24 * time.Hour))

// ParseDuration parses what time.ParseDuration does, and also whole days: "7d".
func ParseDuration(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n < 0 || n > mostDays {
			return 0, fmt.Errorf("%q is not a number of days", days)
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	if text == "0" {
		return 0, nil
	}
	return time.ParseDuration(text)
}

// FormatDuration writes a duration in the largest unit of which it is a whole
// number.
func FormatDuration(d time.Duration) string {
	if d == 0 {
		return "0"
	}
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if d%u.unit == 0 {
			return strconv.FormatInt(int64(d/u.unit), 10) + u.name
		}
	}
	return d.String()
}

func toggle(name string, w way, field func(*Settings) *bool) Definition {
	return Definition{
		Name: name, Kind: KindSwitch, initial: "off",
		set: func(s *Settings, text string) bool {
			if text != "on" && text != "off" {
				return false
			}
			*field(s) = text == "on"
			return true
		},
		looser: looser(w, func(text string) int { return strings.Count(text, "on") }),
	}
}

// choice takes the strictest value first, which is the one that conforms to the
// standard.
func choice(name string, set func(*Settings, string), choices ...string) Definition {
	return departing(Definition{
		Name: name, Kind: KindChoice, Choices: choices, initial: choices[0],
		set: func(s *Settings, text string) bool {
			if !slices.Contains(choices, text) {
				return false
			}
			set(s, text)
			return true
		},
		looser: looser(lower, func(text string) int { return slices.Index(choices, text) }),
	})
}

// optional takes the strictest value first, and last the default, which asks for nothing more
// than the standard.
func optional(name string, set func(*Settings, string), choices ...string) Definition {
	d := choice(name, set, choices...)
	d.departs, d.initial = nil, choices[len(choices)-1]
	return d
}

// text may be empty, which leaves it as configured, or is what check accepts.
func text(name string, max int, check func(string, int) error, field func(*Settings) *string) Definition {
	wrong := func(text string) error {
		if text == "" {
			return nil
		}
		return check(text, max)
	}
	return Definition{
		Name: name, Kind: KindText, High: max, args: []any{"n", max}, wrong: wrong,
		set: func(s *Settings, text string) bool {
			if wrong(text) != nil {
				return false
			}
			*field(s) = text
			return true
		},
	}
}

// ParseDay parses a day as it is stored, and returns its first moment in UTC.
func ParseDay(text string) (time.Time, error) { return time.Parse(time.DateOnly, text) }

// date departs while the day is ahead, and loosens if it is postponed.
func date(name string, field func(*Settings) *time.Time) Definition {
	return Definition{
		Name: name, Kind: KindDate, args: []any{"n", int(MostNotice / (24 * time.Hour))}, named: true,
		set: func(s *Settings, text string) bool {
			day, err := ParseDay(text)
			if err != nil && text != "" {
				return false
			}
			*field(s) = day
			return true
		},
		departs: func(text string, now time.Time) bool {
			day, err := ParseDay(text)
			return err == nil && day.After(now)
		},
		// Days are ordered as their texts are.
		looser: func(before, after string) bool { return after > before },
	}
}

// colour may be empty, which leaves it as configured.
func colour(name string, field func(*Settings) *string) Definition {
	return Definition{
		Name: name, Kind: KindColour, args: []any{"example", brand.DefaultAccent},
		set: func(s *Settings, text string) bool {
			if text != "" && brand.CheckAccent(text) != nil {
				return false
			}
			*field(s) = text
			return true
		},
	}
}

// orNone narrows the range of a parameter to 0, and the values from least on.
func (d Definition) orNone(least string, allowed func(Settings) bool) Definition {
	set := d.set
	d.Least, d.OrNone = least, true
	d.set = func(s *Settings, text string) bool {
		next := *s
		if !set(&next, text) || !allowed(next) {
			return false
		}
		*s = next
		return true
	}
	return d
}
