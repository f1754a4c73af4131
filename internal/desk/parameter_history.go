package desk

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/store"
)

// parametersChanged is the event of which the history of a parameter is made.
const parametersChanged = "parameters.changed"

// arrow is between the values of a change in an audit entry.
const arrow = " → "

// ParameterHistory is what became of a parameter, newest first.
type ParameterHistory struct {
	settings.Definition
	// Value is in force, and Means is what it means.
	Value   string
	Means   messages.Text
	Changes []PastChange
	// Next is where to read on: the history of changes before this one. It is zero if
	// there are none.
	Next int64
}

// PastChange is one change of a parameter.
type PastChange struct {
	// Seq is the number of its audit entry.
	Seq int64
	At  time.Time
	// By is the name of the operator at the time; ActorID tells the command line and
	// the office's own acts apart.
	By, ActorID string
	// From and To are what the values mean.
	From, To messages.Text
}

// historyReads is how many changes of any parameters one page of a history looks at.
const historyReads = 200

// ParameterHistory reads the last changes of parameters before an audit entry, or of
// all if it is zero, and returns those of one parameter. It takes the permission to
// change parameters, and not the one to read the audit log: it tells who changed
// what and when, as the page does to those who save at the same time, and nothing else
// of the entry.
func (d *Desk) ParameterHistory(ctx context.Context, a Actor, name string, before int64) (ParameterHistory, error) {
	list, _, err := d.Parameters(ctx, a)
	if err != nil {
		return ParameterHistory{}, err
	}
	for _, s := range list {
		if s.Name != name {
			continue
		}
		h := ParameterHistory{Definition: s.Definition, Value: s.Value, Means: s.Means}
		page, err := d.Store.ListEvents(ctx, store.EventQuery{Code: parametersChanged, BeforeSeq: max(before, 0), Limit: historyReads})
		if err != nil {
			return h, fmt.Errorf("list events: %w", err)
		}
		h.Next = page.Next
		for _, e := range page.Rows {
			from, to, ok := strings.Cut(e.Detail[name], arrow)
			if ok {
				h.Changes = append(h.Changes, PastChange{
					Seq: e.Seq, At: e.At, By: e.ActorName, ActorID: e.ActorID, From: s.Meant(from), To: s.Meant(to),
				})
			}
		}
		return h, nil
	}
	return ParameterHistory{}, ErrNotFound
}
