package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postern-go/postern/store"
)

// AuditPage lists events, a page at a time.
func (d *Desk) AuditPage(ctx context.Context, a Actor, q store.EventQuery) (store.EventPage, error) {
	if !a.Can(PermissionAuditView) {
		return store.EventPage{}, ErrForbidden
	}
	if !lookableQuery(q) {
		return store.EventPage{}, nil
	}
	page, err := d.Store.ListEvents(ctx, q)
	if err != nil {
		return store.EventPage{}, fmt.Errorf("list events: %w", err)
	}
	return page, nil
}

// Trail is AuditPage of the events by or about an operator, given their id; of all if it
// is empty. It takes two pages, of what they did and of what was done to them.
func (d *Desk) Trail(ctx context.Context, a Actor, q store.EventQuery, person string) (store.EventPage, error) {
	if person == "" {
		return d.AuditPage(ctx, a, q)
	}
	by, about := q, q
	by.ActorID, about.TargetID = person, person
	before := func(x, y int64) bool { return x > y != q.OldestFirst }
	var all []store.Event
	end := int64(0) // how far both pages reach
	for _, half := range []store.EventQuery{by, about} {
		page, err := d.AuditPage(ctx, a, half)
		if err != nil {
			return store.EventPage{}, err
		}
		all = append(all, page.Rows...)
		if page.Next != 0 && (end == 0 || before(page.Next, end)) {
			end = page.Next
		}
	}
	slices.SortFunc(all, func(x, y store.Event) int {
		if q.OldestFirst {
			return cmp.Compare(x.Seq, y.Seq)
		}
		return cmp.Compare(y.Seq, x.Seq)
	})
	all = slices.CompactFunc(all, func(x, y store.Event) bool { return x.Seq == y.Seq })
	all = slices.DeleteFunc(all, func(e store.Event) bool { return end != 0 && before(end, e.Seq) })
	if most := store.PageLimit(q.Limit); len(all) > most {
		return store.EventPage{Rows: all[:most], Next: all[most-1].Seq}, nil
	}
	return store.EventPage{Rows: all, Next: end}, nil
}

// CountTrail counts what Trail lists, as [store.Events.CountEvents] counts events.
func (d *Desk) CountTrail(ctx context.Context, a Actor, q store.EventQuery, person string, bounds []time.Time, most int) ([]int, error) {
	if !a.Can(PermissionAuditView) {
		return nil, ErrForbidden
	}
	if !lookableQuery(q) || !lookableIfSet(person) {
		return make([]int, max(len(bounds)-1, 0)), nil
	}
	count := func(actor, target string) ([]int, error) {
		q := q
		if person != "" {
			q.ActorID, q.TargetID = actor, target
		}
		counts, err := d.Store.CountEvents(ctx, q, bounds, most)
		if err != nil {
			return nil, fmt.Errorf("count events: %w", err)
		}
		return counts, nil
	}
	total, err := count(person, "")
	if err != nil || person == "" {
		return total, err
	}
	about, err := count("", person)
	if err != nil {
		return nil, err
	}
	twice := false
	for i, n := range about {
		twice = twice || n > 0 && total[i] > 0
		total[i] += n
	}
	if twice {
		both, err := count(person, person)
		if err != nil {
			return nil, err
		}
		for i, n := range both {
			total[i] -= n
		}
	}
	for i, n := range total {
		total[i] = min(max(n, 0), most)
	}
	return total, nil
}

func lookableQuery(q store.EventQuery) bool {
	return lookableIfSet(q.Area, q.Code, q.Outcome, q.ActorID, q.TargetID, q.IP, q.SessionID)
}

// AuditSubject returns the id under which events have an operator, given an id, a
// name or, if the actor may see operators, an email address; and the name that they have
// now. A name that someone had before they were renamed or deleted is found as well, if that
// was not long ago; and so is a job of the host. Otherwise it returns who unchanged and no
// name: events keep the ids of deleted operators.
func (d *Desk) AuditSubject(ctx context.Context, a Actor, who string) (id, name string, err error) {
	if !a.Can(PermissionAuditView) {
		return "", "", ErrForbidden
	}
	if who == "" || NotOperator(who) {
		return who, "", nil
	}
	o, err := d.operatorBy(ctx, who)
	switch {
	case errors.Is(err, ErrNotFound):
		return d.formerly(ctx, who)
	case err != nil:
		return "", "", err
	case o.ID != who && o.NameKey != NameKey(who) && !a.Can(PermissionOperatorsView):
		// The audit log shows names, but not whose an email address is.
		return who, "", nil
	}
	return o.ID, o.Name, nil
}

// formerly finds who had a name, by the last entries that took it from someone.
func (d *Desk) formerly(ctx context.Context, who string) (id, name string, err error) {
	key := NameKey(who)
	for _, code := range []string{"operator.renamed", "operator.deleted", "operator.invitation_cancelled"} {
		page, err := d.Store.ListEvents(ctx, store.EventQuery{Code: code, Limit: historyReads})
		if err != nil {
			return "", "", fmt.Errorf("find former operator: %w", err)
		}
		for _, e := range page.Rows {
			had := e.TargetName
			if code == "operator.renamed" {
				had = e.Detail["before"]
			}
			if key != "" && NameKey(had) == key {
				return e.TargetID, e.TargetName, nil
			}
		}
	}
	if job, err := Job(who); err == nil {
		page, err := d.Store.ListEvents(ctx, store.EventQuery{ActorID: job.ID, Limit: 1})
		if err != nil {
			return "", "", fmt.Errorf("find a job: %w", err)
		}
		if len(page.Rows) > 0 {
			return job.ID, who, nil
		}
	}
	return who, "", nil
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
