package resource

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// problem is what is wrong with the input of a field. Pages have a sentence for each code.
type problem struct {
	// field is the name of the field, code one of those below, and args are names and
	// values in turn for the sentence.
	field, code string
	args        []any
	// text is the sentence of the host's, if the problem is one that it found.
	text string
}

const (
	codeRequired  = "required"
	codeTooLong   = "too_long" // n
	codeCharacter = "character"
	codeNumber    = "number"
	codeTooSmall  = "too_small" // n
	codeTooLarge  = "too_large" // n
	codeTime      = "time"
	codeDate      = "date"
	codeSkipped   = "skipped" // zone
	codeTwice     = "twice"   // zone
	codeChoice    = "choice"
	codeReference = "reference"
	codeTaken     = "taken"
	codeHost      = "host"
)

func (s *spec) problem(code string, args ...any) *problem {
	return &problem{field: s.name, code: code, args: args}
}

// parse sets the field to what a form says. What was not touched stays as it was, also if
// the form shows less than there is, or if it would be refused today; was is nil in the
// form for a new row. If there is a problem, the row stays as it is.
func (c *column[T]) parse(was, now *T, text string) *problem {
	text = c.tidy(text)
	if was != nil && text == c.tidy(c.text(was)) && (text != "" || c.optional) {
		if c.kind == customKind {
			return nil // now began as a copy of was
		}
		return c.set(now, c.value(was))
	}
	if text == "" && c.kind != boolKind {
		if !c.optional {
			return c.problem(codeRequired)
		}
		if c.kind != customKind {
			return c.set(now, c.nothing())
		}
	}
	if p := c.characters(text); p != nil {
		return p
	}
	if c.kind == customKind {
		if err := c.parseCustom(now, text); err != nil {
			return &problem{field: c.name, code: codeHost, text: err.Error()}
		}
		return nil
	}
	v, p := c.understand(text)
	if p != nil {
		return p
	}
	if c.valid != nil {
		if err := c.valid(v); err != nil {
			return &problem{field: c.name, code: codeHost, text: err.Error()}
		}
	}
	return c.set(now, v)
}

func (c *column[T]) set(row *T, v any) *problem {
	if err := c.assign(row, v); err != nil {
		return c.problem(codeChoice)
	}
	return nil
}

// nothing is the zero value.
func (s *spec) nothing() any {
	switch s.values {
	case numbers:
		return int64(0)
	case bools:
		return false
	case times:
		return time.Time{}
	}
	return ""
}

// tidy is the text without what browsers and people add: forms send line breaks as CRLF.
func (s *spec) tidy(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if s.long {
		return text
	}
	return strings.TrimSpace(text)
}

// characters refuses what cannot be stored, or could make a text look like another.
func (s *spec) characters(text string) *problem {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) && !(s.long && (r == '\n' || r == '\t'))
	}) {
		return s.problem(codeCharacter)
	}
	if s.max > 0 && utf8.RuneCountInString(text) > s.max {
		return s.problem(codeTooLong, "n", s.max)
	}
	return nil
}

// understand returns the value of a text that is not empty.
func (s *spec) understand(text string) (any, *problem) {
	switch {
	case s.kind == choiceKind:
		if !slices.ContainsFunc(s.options, func(o Option) bool { return o.Value == text }) {
			return nil, s.problem(codeChoice)
		}
	case s.kind == refKind, s.kind == keyKind && s.uuid:
		if v, err := s.read(text); err == nil {
			return v, nil
		}
		return nil, s.problem(codeReference)
	}
	switch s.values {
	case numbers:
		n, p := s.number(text)
		return n, p
	case bools:
		return text != "", nil
	case times:
		return s.moment(text)
	}
	return text, nil
}

func (s *spec) number(text string) (int64, *problem) {
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange) && strings.HasPrefix(text, "-"), err == nil && n < s.low:
		return 0, s.problem(codeTooSmall, "n", s.low)
	case errors.Is(err, strconv.ErrRange), err == nil && n > s.high:
		return 0, s.problem(codeTooLarge, "n", s.high)
	case err != nil:
		return 0, s.problem(codeNumber)
	}
	return n, nil
}

// The texts of fields of type datetime-local.
const (
	minuteLayout = "2006-01-02T15:04"
	secondLayout = "2006-01-02T15:04:05"
)

func (s *spec) moment(text string) (any, *problem) {
	if s.date {
		t, err := time.Parse(time.DateOnly, text)
		if err != nil || t.IsZero() {
			return nil, s.problem(codeDate)
		}
		return t, nil
	}
	layout, text := minuteLayout, strings.Replace(text, " ", "T", 1)
	if len(text) == len(secondLayout) {
		layout = secondLayout
	}
	clock, err := time.Parse(layout, text) // as if the zone were UTC
	if err != nil || clock.Year() < 1 {
		return nil, s.problem(codeTime)
	}
	switch found := instants(clock, s.zone); len(found) {
	case 0:
		return nil, s.problem(codeSkipped, "zone", s.zone.String())
	case 1:
		if !found[0].IsZero() {
			return found[0], nil
		}
		return nil, s.problem(codeTime)
	default:
		return nil, s.problem(codeTwice, "zone", s.zone.String())
	}
}

// instants returns every moment at which clocks in the zone say what clock does in UTC:
// none in the hour that they skip, two in the one that they repeat.
func instants(clock time.Time, zone *time.Location) (found []time.Time) {
	near := time.Date(clock.Year(), clock.Month(), clock.Day(), clock.Hour(), clock.Minute(), clock.Second(), 0, zone)
	start, end := near.ZoneBounds()
	around := []time.Time{near}
	if !start.IsZero() {
		around = append(around, start.Add(-1))
	}
	if !end.IsZero() {
		around = append(around, end)
	}
	for _, t := range around {
		_, offset := t.In(zone).Zone()
		at := clock.Add(-time.Duration(offset) * time.Second)
		said := at.In(zone).Format(secondLayout)
		if said == clock.Format(secondLayout) && !slices.ContainsFunc(found, at.Equal) {
			found = append(found, at.UTC())
		}
	}
	return found
}

// bound returns what a filter means by a text: for times, the beginning of a day in their
// zone. People name the last value that they want to see, so until is the one behind it;
// it is nil if there is none.
func (s *spec) bound(text string, until bool) (any, *problem) {
	text = strings.TrimSpace(text)
	switch s.values {
	case numbers:
		n, err := strconv.ParseInt(text, 10, 64)
		switch {
		case err != nil:
			return nil, s.problem(codeNumber)
		case until && n == s.high, until && n+1 < n:
			return nil, nil
		case until:
			n++
		}
		return n, nil
	case times:
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return nil, s.problem(codeDate)
		}
		if until {
			day = day.AddDate(0, 0, 1)
		}
		if s.date {
			return day, nil
		}
		return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, s.zone).UTC(), nil
	}
	return nil, s.problem(codeChoice)
}
