package breakglass

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/store"
)

// values are those of the flags, each command's own.
type values struct {
	name, reason, search, state, role, format, mark string
	roles                                           list
	limit                                           int
	json, link, yes, changed                        bool
	filter                                          eventFilter
	checks                                          []func() error
}

// list is a flag that may be given more than once.
type list []string

func (l *list) String() string { return strings.Join(*l, ", ") }

func (l *list) Set(s string) error {
	*l = append(*l, s)
	return nil
}

// check looks for values that make no sense, whatever the office says.
func (v *values) check() error {
	for _, check := range v.checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// defaultReason is what the audit keeps when no reason is given.
const defaultReason = "asked for on the command line"

func reasonFlag(f *flag.FlagSet, v *values) {
	f.StringVar(&v.reason, "reason", defaultReason, "`why`, for the audit")
}

func jsonFlag(f *flag.FlagSet, v *values) {
	f.BoolVar(&v.json, "json", false, "print JSON, for programs")
}

// limitFlag bounds a list.
func limitFlag(f *flag.FlagSet, v *values, usual, most int) {
	f.IntVar(&v.limit, "n", usual, fmt.Sprintf("how `many`, at most %d", most))
	v.checks = append(v.checks, func() error {
		if v.limit < 1 || v.limit > most {
			return fmt.Errorf("-n must be between 1 and %d", most)
		}
		return nil
	})
}

// choiceFlag is a flag that takes one of a few words, or nothing.
func choiceFlag(f *flag.FlagSet, v *values, to *string, name, usual, text string, choices ...string) {
	f.StringVar(to, name, usual, text+": "+strings.Join(choices, ", "))
	v.checks = append(v.checks, func() error {
		if *to != "" && !slices.Contains(choices, *to) {
			return fmt.Errorf("-%s cannot be %q: choose one of %s", name, *to, strings.Join(choices, ", "))
		}
		return nil
	})
}

// eventFilter selects audit rows.
type eventFilter struct {
	event, outcome, actor, target, address, since, until string
}

func eventFlags(f *flag.FlagSet, v *values) {
	f.StringVar(&v.filter.event, "event", "", "only this event, or all of an `area`: signin.refused, signin")
	choiceFlag(f, v, &v.filter.outcome, "outcome", "", "only this `outcome`", desk.Success, desk.Failure, desk.Refused)
	f.StringVar(&v.filter.actor, "actor", "", "only what `EMAIL` did; command-line and system are somebody, too")
	f.StringVar(&v.filter.target, "target", "", "only what was done to `EMAIL`")
	f.StringVar(&v.filter.address, "address", "", "only from this network `address`")
	f.StringVar(&v.filter.since, "since", "", "from this `time` on, in UTC, or so long ago: 2026-03-14T09:00, 24h, 7d")
	f.StringVar(&v.filter.until, "until", "", "before this `time`, written the same way")
	v.checks = append(v.checks, func() error {
		_, err := v.filter.query(time.Now())
		return err
	})
}

// query is what the filter asks of the store.
func (e eventFilter) query(now time.Time) (store.EventQuery, error) {
	q := store.EventQuery{Outcome: e.outcome, ActorID: strings.TrimSpace(e.actor), TargetID: strings.TrimSpace(e.target), IP: strings.TrimSpace(e.address)}
	if name := strings.TrimSpace(e.event); name != "" {
		if _, ok := desk.Events[name]; ok {
			q.Code = name
		} else if slices.Contains(areas(), name) {
			q.Area = name
		} else {
			return q, fmt.Errorf("there is no event %q; see: audit events", name)
		}
	}
	var err error
	if q.From, err = moment("since", e.since, now); err != nil {
		return q, err
	}
	if q.Until, err = moment("until", e.until, now); err != nil {
		return q, err
	}
	if !q.Until.IsZero() && !q.From.Before(q.Until) {
		return q, errors.New("-until is not after -since")
	}
	return q, nil
}

// areas are what stands before the dot of events.
func areas() []string {
	found := map[string]bool{}
	for code := range desk.Events {
		found[store.Event{Code: code}.Area()] = true
	}
	return slices.Sorted(maps.Keys(found))
}

// moment reads a time, or how long ago it was.
func moment(name, text string, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	ago, err := settings.ParseDuration(text)
	if err != nil || ago < 0 {
		return time.Time{}, fmt.Errorf("-%s cannot be %q: give a time like 2026-03-14T09:00, or how long ago, like 24h or 7d", name, text)
	}
	return now.Add(-ago), nil
}

// oneLine keeps what others wrote from moving the cursor, or anything else, of
// a terminal.
func oneLine(s string) string { return desk.OneLine(strings.ReplaceAll(s, "\n", "; "), maxCell) }

// maxCell is how much of a text is printed, in bytes.
const maxCell = 2048
