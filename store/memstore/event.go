package memstore

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/postern-go/postern/store"
)

// eventLog is the audit log: its events, without gaps, from one end to the other.
type eventLog struct {
	rows []store.Event
	ends store.AuditEnds
}

// ListEvents implements [store.Events]. It looks at every event, so every page
// is full.
func (s *Store) ListEvents(ctx context.Context, q store.EventQuery) (store.EventPage, error) {
	if err := ctx.Err(); err != nil {
		return store.EventPage{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	q.From, q.Until = store.Time(q.From), store.Time(q.Until)
	var page store.EventPage
	for i := range s.events.rows {
		e := s.events.rows[i]
		if !q.OldestFirst {
			e = s.events.rows[len(s.events.rows)-1-i]
		}
		if !selects(q, e) {
			continue
		}
		if n := len(page.Rows); n == store.PageLimit(q.Limit) {
			page.Next = page.Rows[n-1].Seq
			break
		}
		page.Rows = append(page.Rows, cloneEvent(e))
	}
	return page, nil
}

// CountEvents implements [store.Events].
func (s *Store) CountEvents(ctx context.Context, q store.EventQuery, bounds []time.Time, most int) ([]int, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	q.From, q.Until, q.OldestFirst, q.AfterSeq, q.BeforeSeq = time.Time{}, time.Time{}, false, 0, 0
	if len(bounds) < 2 {
		return nil, nil
	}
	counts := make([]int, len(bounds)-1)
	for _, e := range s.events.rows {
		if !selects(q, e) {
			continue
		}
		for i := range counts {
			if counts[i] < most && !e.At.Before(store.Time(bounds[i])) && e.At.Before(store.Time(bounds[i+1])) {
				counts[i]++
			}
		}
	}
	return counts, nil
}

func selects(q store.EventQuery, e store.Event) bool {
	equal := func(want, is string) bool { return want == "" || want == is }
	after := e.Seq > q.AfterSeq
	if !q.OldestFirst {
		after = q.BeforeSeq <= 0 || e.Seq < q.BeforeSeq
	}
	return after &&
		equal(q.Area, e.Area()) &&
		equal(q.Code, e.Code) &&
		equal(q.Outcome, e.Outcome) &&
		equal(q.ActorID, e.ActorID) &&
		equal(q.TargetID, e.TargetID) &&
		equal(q.IP, e.IP) &&
		equal(q.SessionID, e.SessionID) &&
		(q.From.IsZero() || !e.At.Before(q.From)) &&
		(q.Until.IsZero() || e.At.Before(q.Until))
}

// AuditEnds implements [store.Events].
func (s *Store) AuditEnds(ctx context.Context) (store.AuditEnds, error) {
	if err := ctx.Err(); err != nil {
		return store.AuditEnds{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.events.ends.Clone(), nil
}

func (s *Store) purgeEvents(u *undo, w store.PurgeEvents) error {
	n := slices.IndexFunc(s.events.rows, func(e store.Event) bool { return e.Seq == w.Through }) + 1
	if n == 0 {
		return store.ErrNotFound
	}
	if w.MAC != nil && !bytes.Equal(s.events.rows[n-1].MAC, w.MAC) {
		return store.ErrConflict
	}
	after := s.events.ends.Clone()
	after.PurgedSeq, after.PurgedMAC = w.Through, bytes.Clone(s.events.rows[n-1].MAC)
	if w.Seal != nil {
		seal, err := w.Seal(s.events.ends.Clone(), after.Clone())
		if err != nil {
			return err
		}
		after.Seal = bytes.Clone(seal)
	}
	s.auditUndone(u)
	s.events.ends, s.events.rows = after, slices.Clone(s.events.rows[n:])
	return nil
}

func (s *Store) appendEvent(u *undo, w store.AppendEvent) error {
	e := cloneEvent(w.Event)
	e.At = store.Time(e.At)
	e.Seq = s.events.ends.LastSeq + 1
	seal := s.events.ends.Seal
	if w.MAC != nil {
		e.MAC = nil
		mac, sealed, err := w.MAC(s.events.ends.Clone(), cloneEvent(e))
		if err != nil {
			return err
		}
		e.MAC, seal = bytes.Clone(mac), bytes.Clone(sealed)
	}
	s.auditUndone(u)
	s.events.ends.LastSeq, s.events.ends.LastMAC, s.events.ends.Seal = e.Seq, e.MAC, seal
	s.events.rows = append(s.events.rows, e)
	return nil
}

func (s *Store) auditUndone(u *undo) {
	before := s.events
	u.steps = append(u.steps, func() { s.events = before })
}

func cloneEvent(e store.Event) store.Event {
	e.Detail = maps.Clone(e.Detail)
	e.MAC = bytes.Clone(e.MAC)
	return e
}
