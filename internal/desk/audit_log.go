package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/postern-go/postern/store"
)

// AuditPage lists events, a page at a time.
func (d *Desk) AuditPage(ctx context.Context, a Actor, q store.EventQuery) (store.EventPage, error) {
	if !a.Can(PermissionAuditView) {
		return store.EventPage{}, ErrForbidden
	}
	if !lookableIfSet(q.Area, q.Code, q.Outcome, q.ActorID, q.TargetID, q.IP) {
		return store.EventPage{}, nil
	}
	page, err := d.Store.ListEvents(ctx, q)
	if err != nil {
		return store.EventPage{}, fmt.Errorf("list events: %w", err)
	}
	return page, nil
}

// AuditSubject returns the id under which events have an operator, given an id, a
// name or, if the actor may see operators, an email address. If there is no such
// operator it returns who unchanged: events keep the ids of deleted operators.
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
		// The audit log shows names, but not whose an email address is.
		return who, nil
	}
	return o.ID, nil
}

// eventsOf returns the newest events by an operator and about them.
func (d *Desk) eventsOf(ctx context.Context, id string) ([]store.Event, error) {
	var all []store.Event
	for _, q := range []store.EventQuery{{ActorID: id, Limit: recentOf}, {TargetID: id, Limit: recentOf}} {
		page, err := d.Store.ListEvents(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("list events: %w", err)
		}
		all = append(all, page.Rows...)
	}
	slices.SortFunc(all, func(a, b store.Event) int { return cmp.Compare(b.Seq, a.Seq) })
	all = slices.CompactFunc(all, func(a, b store.Event) bool { return a.Seq == b.Seq })
	return all[:min(len(all), recentOf)], nil
}

// AuditEvent finds an event by its number.
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

// AuditCount returns how many events VerifyAudit has to read.
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
