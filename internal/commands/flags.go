package commands

import (
	"flag"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/store"
)

// flagSet is the flags of one invocation, with what checks their values before
// the office is opened.
type flagSet struct {
	*flag.FlagSet
	words  *messages.Language
	checks []func() error
}

// option declares flags of a command. What they do is said by a message, with the name of
// the value in backquotes.
type option func(*flagSet)

// text is a flag with any value, toggle one without a value.
func text(name, key string) option {
	return func(f *flagSet) { f.String(name, "", f.words.Text(key)) }
}

func toggle(name, key string) option {
	return func(f *flagSet) { f.Bool(name, false, f.words.Text(key)) }
}

// choice is a flag that takes one of a few words, or nothing.
func choice(name, usual, key string, choices ...string) option {
	return func(f *flagSet) {
		value := f.String(name, usual, f.words.Text(key, "choices", strings.Join(choices, ", ")))
		f.checks = append(f.checks, func() error {
			if *value != "" && !slices.Contains(choices, *value) {
				return wrong("commands.error.choice", "flag", "-"+name, "value", *value, "choices", strings.Join(choices, ", "))
			}
			return nil
		})
	}
}

// limit bounds a list.
func limit(usual, most int) option {
	return func(f *flagSet) {
		n := f.Int("n", usual, f.words.Text("commands.flag.n", "most", strconv.Itoa(most)))
		f.checks = append(f.checks, func() error {
			if *n < 1 || *n > most {
				return wrong("commands.error.between", "flag", "-n", "least", "1", "most", strconv.Itoa(most))
			}
			return nil
		})
	}
}

var asJSON, yes = toggle("json", "commands.flag.json"), toggle("yes", "commands.flag.yes")

// usualReason is stored with events, and said as their reasons are.
const usualReason = "asked for on the command line"

func reason(f *flagSet) { f.String("reason", usualReason, f.words.Text("commands.flag.reason")) }

// repeated is a flag that may be given several times.
type repeated []string

func (r *repeated) String() string     { return strings.Join(*r, ", ") }
func (r *repeated) Set(s string) error { *r = append(*r, s); return nil }

// flagProblems are the messages for how errors of package flag begin. They are in English
// otherwise.
var flagProblems = []struct{ begins, key string }{
	{"flag provided but not defined: ", "commands.error.unknown_flag"},
	{"flag needs an argument: ", "commands.error.flag_needs_value"},
	{"bad flag syntax: ", "commands.error.flag_syntax"},
	{"invalid boolean value ", "commands.error.flag_value"},
	{"invalid value ", "commands.error.flag_value"},
}

// invalidFlag has the value and the flag of an error of package flag.
var invalidFlag = regexp.MustCompile(`^("(?:[^"\\]|\\.)*") for (?:flag )?(-[^:]+): `)

func flagProblem(err error) error {
	for _, p := range flagProblems {
		rest, ok := strings.CutPrefix(err.Error(), p.begins)
		if !ok {
			continue
		}
		if p.key != "commands.error.flag_value" {
			return wrong(p.key, "flag", rest)
		}
		if found := invalidFlag.FindStringSubmatch(rest); found != nil {
			value, _ := strconv.Unquote(found[1])
			return wrong(p.key, "value", value, "flag", found[2])
		}
	}
	return err
}

// describe says what each flag does.
func (f *flagSet) describe(w io.Writer) {
	f.VisitAll(func(one *flag.Flag) {
		value, usage := flag.UnquoteUsage(one)
		usual := one.DefValue
		switch usual {
		case "", "0", "false":
		default:
			usage = f.words.Text("commands.help.usual", "usage", messages.Plain(usage), "value", desk.Why(usual))
		}
		fmt.Fprintf(w, "  %s\n    \t%s\n", strings.TrimSpace("-"+one.Name+" "+value), usage)
	})
}

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
	text("event", "commands.flag.event")(f)
	choice("outcome", "", "commands.flag.outcome", desk.Success, desk.Failure, desk.Refused, desk.Begun, desk.Unsettled)(f)
	text("actor", "commands.flag.actor")(f)
	text("target", "commands.flag.target")(f)
	text("address", "commands.flag.address")(f)
	text("since", "commands.flag.since")(f)
	text("until", "commands.flag.until")(f)
	f.checks = append(f.checks, func() error {
		_, err := f.events(time.Now())
		return err
	})
}

// events is what the flags of eventFilter ask of the store.
func (f *flagSet) events(now time.Time) (store.EventQuery, error) {
	q := store.EventQuery{Outcome: f.value("outcome"), ActorID: f.value("actor"), TargetID: f.value("target"), IP: f.value("address")}
	switch name := f.value("event"); {
	case name != "" && !eventName.MatchString(name), desk.OwnArea(name) && strings.Contains(name, ".") && !desk.Events[name]:
		return q, noEvent(name)
	case strings.Contains(name, "."):
		q.Code = name
	default:
		q.Area = name
	}
	var err error
	if q.From, err = f.moment("since", now); err != nil {
		return q, err
	}
	if q.Until, err = f.moment("until", now); err != nil {
		return q, err
	}
	if !q.Until.IsZero() && !q.From.Before(q.Until) {
		return q, wrong("commands.error.until_since")
	}
	return q, nil
}

// eventName is what an event or an area can be called. Which ones there are is known once the
// office is open, as the host declares some.
var eventName = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$`)

func noEvent(name string) error {
	return wrong("commands.error.no_event", "event", name, "command", "audit events")
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
		return time.Time{}, wrong("commands.error.moment", "flag", "-"+name, "value", value)
	}
	return now.Add(-ago), nil
}
