package settings

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/postern-go/postern/internal/brand"
)

// Definition is one parameter: the table is what validates
// stored and posted values, and what the Parameters page and the documentation
// show.
type Definition struct {
	// Name is the key in the store and the form field.
	Name string
	// Section is the heading it stands under, Label what people call it, and
	// Effect says in a sentence what it does.
	Section, Label, Effect string
	// Kind says which control it has.
	Kind Kind
	// Unit is for people: "characters", "an hour".
	Unit string
	// Range is for people.
	Range string
	// Low and High bound a number.
	Low, High int
	// Choices are the values of a choice, the strictest first.
	Choices []string

	departs func(text string, now time.Time) bool
	looser  func(before, after string) bool
	set     func(s *Settings, text string) error
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

// Default is the value in force where nobody chose another one.
func (d Definition) Default() string { return d.initial }

// DefaultingTo is the parameter with another default: that of one office.
func (d Definition) DefaultingTo(value string) Definition {
	d.initial = value
	return d
}

// Check says whether a stored value is in its range.
func (d Definition) Check(value string) error {
	s := initial()
	return d.set(&s, value)
}

// Accept is a value that somebody chooses at a time, in the spelling to store,
// or what is wrong with it. Nothing is the default. A day that has come is no
// day: what waited for it waits no more.
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
			return "", fmt.Errorf("%s: more than %v ahead", d.Name, MostNotice)
		}
	}
	return d.Spelling(value), nil
}

// Spelling is the one spelling of a value in its range, so that a number or a
// time that is written otherwise is no change.
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

// Problem says what to do about a value that is not.
func (d Definition) Problem() string {
	switch d.Kind {
	case KindDuration:
		return "Enter a time like 30m, 12h or 7d, from " + d.Range + "."
	case KindNumber:
		return "Enter a whole number, " + d.Range + "."
	case KindText:
		return "Use " + d.Range + "."
	case KindDate, KindColour:
		return "Choose " + d.Range + "."
	}
	return "Choose one of the values shown."
}

// Departs says whether a value departs from NIST SP 800-63B-4 at a time.
func (d Definition) Departs(value string, now time.Time) bool {
	return d.departs != nil && d.departs(value, now)
}

// CanDepart says whether any value in the range does.
func (d Definition) CanDepart() bool { return d.departs != nil }

// Loosens says whether going from one value to another protects less.
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

// Switches protect more when on, when off, or neither.
const (
	on      = higher
	off     = lower
	neither = anyWay
)

func looser[T int | int64](w way, value func(string) T) func(before, after string) bool {
	return func(before, after string) bool {
		b, a := value(before), value(after)
		return w == higher && a < b || w == lower && a > b
	}
}

// departing marks every value but the default as departing from the standard.
func departing(d Definition) Definition {
	d.departs = func(text string, _ time.Time) bool { return text != d.initial }
	return d
}

func number(name, label, effect, unit string, low, high int, w way, field func(*Settings) *int) Definition {
	d := Definition{Name: name, Label: label, Effect: effect, Kind: KindNumber, Unit: unit, Low: low, High: high,
		Range: fmt.Sprintf("%d to %d", low, high)}
	d.set = func(s *Settings, text string) error {
		n, err := strconv.Atoi(text)
		if err != nil || n < low || n > high {
			return fmt.Errorf("%s: not a number from %d to %d", name, low, high)
		}
		*field(s) = n
		return nil
	}
	d.looser = looser(w, func(text string) int { n, _ := strconv.Atoi(text); return n })
	defaults := initial()
	d.initial = strconv.Itoa(*field(&defaults))
	return d
}

func duration(name, label, effect string, low, high time.Duration, w way, field func(*Settings) *time.Duration) Definition {
	d := Definition{Name: name, Label: label, Effect: effect, Kind: KindDuration, Range: FormatDuration(low) + " to " + FormatDuration(high)}
	d.set = func(s *Settings, text string) error {
		t, err := ParseDuration(text)
		if err != nil || t < low || t > high {
			return fmt.Errorf("%s: not a time from %v to %v", name, low, high)
		}
		*field(s) = t
		return nil
	}
	d.looser = looser(w, func(text string) int64 { t, _ := ParseDuration(text); return int64(t) })
	defaults := initial()
	d.initial = FormatDuration(*field(&defaults))
	return d
}

// mostDays is how many days a time.Duration holds.
const mostDays = int(math.MaxInt64 / (24 * time.Hour))

// ParseDuration reads what people type: what time.ParseDuration reads, and
// whole days, "7d".
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

// FormatDuration is a time in the largest unit that fits it.
func FormatDuration(d time.Duration) string {
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if d != 0 && d%u.unit == 0 {
			return strconv.FormatInt(int64(d/u.unit), 10) + u.name
		}
	}
	if d == 0 {
		return "0"
	}
	return d.String()
}

func toggle(name, label, effect string, w way, field func(*Settings) *bool) Definition {
	d := Definition{Name: name, Label: label, Effect: effect, Kind: KindSwitch, Range: "on or off", initial: "off"}
	d.set = func(s *Settings, text string) error {
		if text != "on" && text != "off" {
			return fmt.Errorf("%s: neither on nor off", name)
		}
		*field(s) = text == "on"
		return nil
	}
	d.looser = looser(w, func(text string) int { return strings.Count(text, "on") })
	return d
}

// choice has its strictest value first; the standard asks for that one.
func choice(name, label, effect string, set func(*Settings, string), choices ...string) Definition {
	d := Definition{Name: name, Label: label, Effect: effect, Kind: KindChoice, Range: strings.Join(choices, ", "), Choices: choices, initial: choices[0]}
	d.set = func(s *Settings, text string) error {
		if !slices.Contains(choices, text) {
			return fmt.Errorf("%s: not one of %v", name, choices)
		}
		set(s, text)
		return nil
	}
	d.looser = looser(lower, func(text string) int { return slices.Index(choices, text) })
	return departing(d)
}

func text(name, label, effect string, max int, field func(*Settings) *string) Definition {
	d := Definition{Name: name, Label: label, Effect: effect, Kind: KindText, Range: fmt.Sprintf("at most %d bytes", max), High: max}
	d.set = func(s *Settings, text string) error {
		if len(text) > max || strings.ContainsFunc(text, notPrintable) {
			return fmt.Errorf("%s: not one line of at most %d bytes", name, max)
		}
		*field(s) = text
		return nil
	}
	return d
}

// ParseDay reads a day as it is stored, as its first moment in UTC.
func ParseDay(text string) (time.Time, error) { return time.Parse(time.DateOnly, text) }

// date departs while it lies ahead, and loosens when it moves on.
func date(name, label, effect string, field func(*Settings) *time.Time) Definition {
	d := Definition{Name: name, Label: label, Effect: effect, Kind: KindDate, Range: "a day at most 90 days ahead, or none"}
	d.set = func(s *Settings, text string) error {
		if *field(s) = (time.Time{}); text == "" {
			return nil
		}
		day, err := ParseDay(text)
		if err != nil {
			return fmt.Errorf("%s: not a day", name)
		}
		*field(s) = day
		return nil
	}
	d.departs = func(text string, now time.Time) bool {
		day, err := ParseDay(text)
		return err == nil && day.After(now)
	}
	// Days compare as their texts do.
	d.looser = func(before, after string) bool { return after > before }
	return d
}

// colour may be left as it was configured.
func colour(name, label, effect string, field func(*Settings) *string) Definition {
	d := Definition{Name: name, Label: label, Effect: effect, Kind: KindColour,
		Range: "a colour like " + brand.DefaultAccent + ", dark enough to stand out from a white page"}
	d.set = func(s *Settings, text string) error {
		if text != "" {
			if err := brand.CheckAccent(text); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		*field(s) = text
		return nil
	}
	return d
}

// notPrintable also finds bytes that are no text.
func notPrintable(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }
