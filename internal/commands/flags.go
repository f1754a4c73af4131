package commands

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/store"
)

// flagSet is the flags of one invocation, with what checks their values before
// the office is opened.
type flagSet struct {
	*flag.FlagSet
	checks []func() error
}

// option declares flags of a command.
type option func(*flagSet)

// text is a flag with any value, toggle one without a value.
func text(name, usage string) option   { return func(f *flagSet) { f.String(name, "", usage) } }
func toggle(name, usage string) option { return func(f *flagSet) { f.Bool(name, false, usage) } }

// choice is a flag that takes one of a few words, or nothing.
func choice(name, usual, usage string, choices ...string) option {
	return func(f *flagSet) {
		value := f.String(name, usual, usage+": "+strings.Join(choices, ", "))
		f.checks = append(f.checks, func() error {
			if *value != "" && !slices.Contains(choices, *value) {
				return fmt.Errorf("-%s cannot be %q: choose one of %s", name, *value, strings.Join(choices, ", "))
			}
			return nil
		})
	}
}

// limit bounds a list.
func limit(usual, most int) option {
	return func(f *flagSet) {
		n := f.Int("n", usual, fmt.Sprintf("how `many`, at most %d", most))
		f.checks = append(f.checks, func() error {
			if *n < 1 || *n > most {
				return fmt.Errorf("-n must be between 1 and %d", most)
			}
			return nil
		})
	}
}

var asJSON = toggle("json", "print JSON, for programs")

func reason(f *flagSet) {
	f.String("reason", "asked for on the command line", "`why`, for the audit log")
}

// words is a flag that may be repeated.
type words []string

func (w *words) String() string     { return strings.Join(*w, ", ") }
func (w *words) Set(s string) error { *w = append(*w, s); return nil }

// value is that of a flag, empty if the command has none of this name.
func (f *flagSet) value(name string) string {
	if found := f.Lookup(name); found != nil {
		return strings.TrimSpace(found.Value.String())
	}
	return ""
}

func (f *flagSet) on(name string) bool { return f.value(name) == "true" }

// limit is the value of -n, which was checked.
func (f *flagSet) limit() int {
	n, _ := strconv.Atoi(f.value("n"))
	return n
}

// eventFilter declares the flags that select entries of the audit log.
func eventFilter(f *flagSet) {
	f.String("event", "", "only this event, or all of an `area`: signin.refused, signin")
	choice("outcome", "", "only this `outcome`", desk.Success, desk.Failure, desk.Refused)(f)
	f.String("actor", "", "only what `EMAIL` did; also command-line or system")
	f.String("target", "", "only what was done to `EMAIL`")
	f.String("address", "", "only from this IP `address`")
	f.String("since", "", "from this `time` on, in UTC, or from this long ago: 2026-03-14T09:00, 24h, 7d")
	f.String("until", "", "before this `time`, written the same way")
	f.checks = append(f.checks, func() error {
		_, err := f.events(time.Now())
		return err
	})
}

// events is what the flags of eventFilter ask of the store.
func (f *flagSet) events(now time.Time) (store.EventQuery, error) {
	q := store.EventQuery{Outcome: f.value("outcome"), ActorID: f.value("actor"), TargetID: f.value("target"), IP: f.value("address")}
	switch name := f.value("event"); {
	case desk.Events[name]:
		q.Code = name
	case name == "" || isArea(name):
		q.Area = name
	default:
		return q, fmt.Errorf("there is no event %q; see: audit events", name)
	}
	var err error
	if q.From, err = f.moment("since", now); err != nil {
		return q, err
	}
	if q.Until, err = f.moment("until", now); err != nil {
		return q, err
	}
	if !q.Until.IsZero() && !q.From.Before(q.Until) {
		return q, errors.New("-until is not after -since")
	}
	return q, nil
}

// isArea says whether events have the word before their dot.
func isArea(word string) bool {
	for code := range desk.Events {
		if (store.Event{Code: code}).Area() == word {
			return true
		}
	}
	return false
}

// moment is the value of a flag that takes a time, or how long ago it was.
func (f *flagSet) moment(name string, now time.Time) (time.Time, error) {
	value := f.value(name)
	if value == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateTime, "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.Parse(layout, value); err == nil {
			return t.UTC(), nil
		}
	}
	ago, err := settings.ParseDuration(value)
	if err != nil || ago < 0 {
		return time.Time{}, fmt.Errorf("-%s cannot be %q: give a time like 2026-03-14T09:00, or how long ago, like 24h or 7d", name, value)
	}
	return now.Add(-ago), nil
}
