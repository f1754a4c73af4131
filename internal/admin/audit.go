package admin

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// AuditPage lists events.
func (d *Admin) AuditPage(ctx context.Context, a desk.Actor, q store.EventQuery) ([]store.Event, error) {
	if !a.Can(desk.PermissionAuditView) {
		return nil, desk.ErrForbidden
	}
	if !desk.LookableIfSet(q.Area, q.Code, q.Outcome, q.ActorID, q.TargetID, q.Address) {
		return nil, nil
	}
	events, err := d.Store.ListEvents(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	return events, nil
}

// AuditEvent finds one event by its number.
func (d *Admin) AuditEvent(ctx context.Context, a desk.Actor, seq int64) (store.Event, error) {
	events, err := d.AuditPage(ctx, a, store.EventQuery{BeforeSeq: seq + 1, Limit: 1})
	if err != nil {
		return store.Event{}, err
	}
	if len(events) == 0 || events[0].Seq != seq {
		return store.Event{}, desk.ErrNotFound
	}
	return events[0], nil
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
func (d *Admin) ExportAudit(ctx context.Context, a desk.Actor, v desk.Visit, q store.EventQuery, each func(store.Event) error) error {
	if err := a.May(desk.PermissionAuditView); err != nil {
		return err
	}
	if err := d.Bound(ctx, "audit-export", a.ID, exports); err != nil {
		return err
	}
	event, err := d.Audit(v, "audit.exported", desk.Success).Actor(a).With("filter", strings.TrimSpace(fmt.Sprint(
		q.Area, " ", q.Code, " ", q.Outcome, " ", q.ActorID, " ", q.TargetID, " ", q.Address))).Write()
	if err != nil {
		return err
	}
	if err := d.commit(ctx, a, "audit the export", event); err != nil {
		return err
	}
	q.Limit, q.OldestFirst = exportBatch, false
	for {
		events, err := d.AuditPage(ctx, a, q)
		if err != nil {
			return err
		}
		for _, e := range events {
			if err := each(e); err != nil {
				return err
			}
			q.BeforeSeq = e.Seq
		}
		if len(events) < exportBatch {
			return nil
		}
	}
}

// Verdict is what a check of the audit found.
type Verdict struct {
	// Checked is how many events were read, From and To the first and last of
	// them.
	Checked      int
	From, To     int64
	FromAt, ToAt time.Time
	// Broken is the number at which the chain does not hold; zero when it
	// does. Problem says in which way.
	Broken  int64
	Problem string
}

// VerifyAudit follows the chain from one end to the other: an event that was
// changed, removed or put in shows. Only somebody with the master secret can
// make a chain that holds.
func (d *Admin) VerifyAudit(ctx context.Context, a desk.Actor) (Verdict, error) {
	if !a.Can(desk.PermissionAuditView) {
		return Verdict{}, desk.ErrForbidden
	}
	if err := d.Bound(ctx, "audit-verify", a.ID, exports); err != nil {
		return Verdict{}, err
	}
	for tries := 0; ; tries++ {
		ends, err := d.ends(ctx)
		if err != nil {
			return Verdict{}, err
		}
		v, err := d.verify(ctx, ends)
		if err != nil || v.Broken == 0 || tries == 3 {
			return v, err
		}
		// Another replica may have purged old rows meanwhile.
		now, err := d.ends(ctx)
		if err != nil || now.PurgedSeq == ends.PurgedSeq {
			return v, err
		}
	}
}

func (d *Admin) ends(ctx context.Context) (store.AuditEnds, error) {
	ends, err := d.Store.AuditEnds(ctx)
	if err != nil {
		return ends, fmt.Errorf("find the ends of the audit: %w", err)
	}
	return ends, nil
}

// verify follows the chain from one end to the other.
func (d *Admin) verify(ctx context.Context, ends store.AuditEnds) (Verdict, error) {
	v := Verdict{From: ends.PurgedSeq + 1, To: ends.PurgedSeq}
	previous := ends.PurgedMAC
	for {
		events, err := d.Store.ListEvents(ctx, store.EventQuery{OldestFirst: true, AfterSeq: v.To, Limit: exportBatch})
		if err != nil {
			return Verdict{}, fmt.Errorf("list events: %w", err)
		}
		for _, e := range events {
			switch {
			case e.Seq != v.To+1:
				v.Broken, v.Problem = v.To+1, "The row is missing."
				return v, nil
			case !d.ChainHolds(previous, e):
				v.Broken, v.Problem = e.Seq, "The row, or the one before it, was changed."
				return v, nil
			}
			if v.Checked == 0 {
				v.FromAt = e.At
			}
			v.To, v.ToAt, previous = e.Seq, e.At, e.MAC
			v.Checked++
		}
		if len(events) < exportBatch {
			break
		}
	}
	// Rows may have been appended while this ran, but none may be gone.
	if v.To < ends.LastSeq || v.To == ends.LastSeq && !bytes.Equal(previous, ends.LastMAC) {
		v.Broken, v.Problem = v.To+1, "Rows at the end are missing."
	}
	return v, nil
}

// AuditCount is how many events there are to check.
func (d *Admin) AuditCount(ctx context.Context, a desk.Actor) (int, error) {
	if !a.Can(desk.PermissionAuditView) {
		return 0, desk.ErrForbidden
	}
	ends, err := d.ends(ctx)
	if err != nil {
		return 0, err
	}
	return int(ends.LastSeq - ends.PurgedSeq), nil
}
