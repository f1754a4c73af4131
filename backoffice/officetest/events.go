package officetest

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/postern-go/postern/store"
)

// Events are entries of the audit log, oldest first.
type Events struct {
	All []store.Event
	// codes are those that were asked for.
	codes []string
}

// Events returns the audit entries written since the office was made. With codes, it returns
// only entries that have one of them.
func (o *Office) Events(codes ...string) Events {
	o.t.Helper()
	events, q := Events{codes: codes}, store.EventQuery{OldestFirst: true, AfterSeq: o.began, Limit: 200}
	for {
		page, err := o.reach.Desk.Store.ListEvents(context.WithoutCancel(o.t.Context()), q)
		if err != nil {
			o.t.Fatalf("officetest: read the audit log: %v", err)
		}
		for _, e := range page.Rows {
			if len(codes) == 0 || slices.Contains(codes, e.Code) {
				events.All = append(events.All, e)
			}
		}
		if q.AfterSeq = page.Next; page.Next == 0 {
			return events
		}
	}
}

// Want ends the test unless these are the entries, a line each: "OUTCOME ABOUT", such as
// "success 17". OUTCOME is success, failure or refused or, with [backoffice.Services.Audited],
// also begun or unsettled. ABOUT is the id or the name of what was acted on, or a detail, such
// as the permission of permission.denied; it may be left out. Unless Events got exactly one
// code, the code comes first: "posts.hidden success 17". Without lines, there must be no
// entries.
func (e Events) Want(t testing.TB, lines ...string) {
	t.Helper()
	fits := len(lines) == len(e.All)
	for i := 0; fits && i < len(lines); i++ {
		fits = e.fits(e.All[i], lines[i])
	}
	if !fits {
		t.Fatalf("officetest: audit entries%s:\n\twanted:%s\n\tare:%s", e.asked(), each(lines), e)
	}
}

func (e Events) asked() string {
	if len(e.codes) == 0 {
		return ""
	}
	return " " + strings.Join(e.codes, ", ")
}

func (e Events) fits(event store.Event, line string) bool {
	if len(e.codes) != 1 {
		code, rest, _ := strings.Cut(line, " ")
		if code != event.Code {
			return false
		}
		line = rest
	}
	outcome, about, _ := strings.Cut(line, " ")
	return outcome == event.Outcome &&
		(about == "" || about == event.TargetID || about == event.TargetName || slices.Contains(slices.Collect(maps.Values(event.Detail)), about))
}

// String lists the entries as Want reads them, with their details, actors and reasons.
func (e Events) String() string {
	var lines []string
	for _, event := range e.All {
		line := event.Outcome
		if len(e.codes) != 1 {
			line = event.Code + " " + line
		}
		if event.TargetID != "" || event.TargetName != "" {
			line += " " + event.TargetID
			if event.TargetName != "" && event.TargetName != event.TargetID {
				line += " (" + event.TargetName + ")"
			}
		}
		for _, name := range slices.Sorted(maps.Keys(event.Detail)) {
			line += ", " + name + ": " + event.Detail[name]
		}
		if event.ActorName != "" {
			line += ", by " + event.ActorName
		}
		if event.Reason != "" {
			line += ", because: " + event.Reason
		}
		lines = append(lines, line)
	}
	return each(lines)
}

// each has a line for each of several.
func each(lines []string) string {
	if len(lines) == 0 {
		return " none"
	}
	return "\n\t\t" + strings.Join(lines, "\n\t\t")
}
