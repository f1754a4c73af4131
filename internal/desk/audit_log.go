package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/store"
)

// AuditPage lists events, a page at a time.
func (d *Desk) AuditPage(ctx context.Context, a Actor, q store.EventQuery) (store.EventPage, error) {
	if !a.Can(PermissionAuditView) {
		return store.EventPage{}, ErrForbidden
	}
	if !LookableIfSet(q.Area, q.Code, q.Outcome, q.ActorID, q.TargetID, q.IP) {
		return store.EventPage{}, nil
	}
	page, err := d.Store.ListEvents(ctx, q)
	if err != nil {
		return store.EventPage{}, fmt.Errorf("list events: %w", err)
	}
	return page, nil
}

// AuditSubject is the id that events have somebody by, who is given by id, name
// or, to who may see operators, e-mail address. Somebody unknown is as given:
// events keep the id of who was deleted.
func (d *Desk) AuditSubject(ctx context.Context, a Actor, who string) (string, error) {
	if !a.Can(PermissionAuditView) {
		return "", ErrForbidden
	}
	if who == "" || who == ActorSystem || who == ActorCommandLine {
		return who, nil
	}
	o, err := d.operatorBy(ctx, who)
	switch {
	case errors.Is(err, ErrNotFound):
		return who, nil
	case err != nil:
		return "", err
	case o.ID != who && o.NameKey != NameKey(who) && !a.Can(PermissionOperatorsView):
		// Names stand in the audit. Whose an address is does not.
		return who, nil
	}
	return o.ID, nil
}

// eventsOf are the newest events by somebody and about them.
func (d *Desk) eventsOf(ctx context.Context, id string) ([]store.Event, error) {
	var all []store.Event
	for _, q := range []store.EventQuery{{ActorID: id, Limit: recent}, {TargetID: id, Limit: recent}} {
		page, err := d.Store.ListEvents(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("list events: %w", err)
		}
		all = append(all, page.Rows...)
	}
	slices.SortFunc(all, func(a, b store.Event) int { return cmp.Compare(b.Seq, a.Seq) })
	all = slices.CompactFunc(all, func(a, b store.Event) bool { return a.Seq == b.Seq })
	return all[:min(len(all), recent)], nil
}

// AuditEvent finds one event by its number.
func (d *Desk) AuditEvent(ctx context.Context, a Actor, seq int64) (store.Event, error) {
	page, err := d.AuditPage(ctx, a, store.EventQuery{BeforeSeq: seq + 1, Limit: 1})
	if err != nil {
		return store.Event{}, err
	}
	if len(page.Rows) == 0 || page.Rows[0].Seq != seq {
		return store.Event{}, ErrNotFound
	}
	return page.Rows[0], nil
}

// exports is how many exports an operator may start in 15 minutes, exportBatch
// how many events are read at once.
const (
	exports     = 20
	exportBatch = 500
)

// ExportAudit gives every event that a filter selects to each, newest first,
// after writing down that it was asked for. Events that arrive meanwhile are
// left out.
func (d *Desk) ExportAudit(ctx context.Context, a Actor, v Visit, q store.EventQuery, each func(store.Event) error) error {
	if err := a.May(PermissionAuditView); err != nil {
		return err
	}
	if err := d.Bound(ctx, "audit-export", a.ID, exports); err != nil {
		return err
	}
	event := d.Audit(v, "audit.exported", Success).Actor(a).With("filter", filterText(q)).Write()
	if err := d.commitAs(ctx, a, "audit the export", event); err != nil {
		return err
	}
	q.Limit, q.OldestFirst = exportBatch, false
	for {
		page, err := d.AuditPage(ctx, a, q)
		if err != nil {
			return err
		}
		for _, e := range page.Rows {
			if err := each(e); err != nil {
				return err
			}
		}
		if page.Next == 0 {
			return nil
		}
		q.BeforeSeq = page.Next
	}
}

// filterText says what an export selects.
func filterText(q store.EventQuery) string {
	var parts []string
	for _, f := range []struct{ name, value string }{
		{"area", q.Area}, {"event", q.Code}, {"outcome", q.Outcome}, {"actor", q.ActorID}, {"target", q.TargetID},
		{"address", q.IP}, {"from", moment(q.From)}, {"until", moment(q.Until)},
	} {
		if f.value != "" {
			parts = append(parts, f.name+"="+f.value)
		}
	}
	if len(parts) == 0 {
		return "everything"
	}
	return strings.Join(parts, " ")
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// AuditCount is how many events there are to check.
func (d *Desk) AuditCount(ctx context.Context, a Actor) (int, error) {
	if !a.Can(PermissionAuditView) {
		return 0, ErrForbidden
	}
	ends, err := d.ends(ctx)
	if err != nil {
		return 0, err
	}
	return int(ends.LastSeq - ends.PurgedSeq), nil
}
