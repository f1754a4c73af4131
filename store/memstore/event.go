package memstore

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"github.com/postern-go/postern/store"
)

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
	for i := range s.events {
		e := s.events[i]
		if !q.OldestFirst {
			e = s.events[len(s.events)-1-i]
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
		(q.From.IsZero() || !e.At.Before(q.From)) &&
		(q.Until.IsZero() || e.At.Before(q.Until))
}

// lastEvent is the part of an event that the next one needs.
type lastEvent struct {
	seq int64
	mac []byte
}

// last returns the newest event ever appended.
func (s *Store) last() lastEvent {
	if len(s.events) == 0 {
		return s.purged
	}
	e := s.events[len(s.events)-1]
	return lastEvent{e.Seq, e.MAC}
}

// AuditEnds implements [store.Events].
func (s *Store) AuditEnds(ctx context.Context) (store.AuditEnds, error) {
	if err := ctx.Err(); err != nil {
		return store.AuditEnds{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	last := s.last()
	return store.AuditEnds{
		PurgedSeq: s.purged.seq, PurgedMAC: bytes.Clone(s.purged.mac),
		LastSeq: last.seq, LastMAC: bytes.Clone(last.mac),
	}, nil
}

func (s *Store) purgeEvents(u *undo, w store.PurgeEvents) error {
	n := slices.IndexFunc(s.events, func(e store.Event) bool { return e.Seq == w.Through }) + 1
	if n == 0 {
		return store.ErrNotFound
	}
	events, purged := s.events, s.purged
	u.steps = append(u.steps, func() { s.events, s.purged = events, purged })
	s.purged = lastEvent{events[n-1].Seq, events[n-1].MAC}
	s.events = slices.Clone(events[n:])
	return nil
}

func (s *Store) appendEvent(u *undo, w store.AppendEvent) {
	e := cloneEvent(w.Event)
	e.At = store.Time(e.At)
	last := s.last()
	e.Seq = last.seq + 1
	if w.MAC != nil {
		e.MAC = nil
		e.MAC = bytes.Clone(w.MAC(bytes.Clone(last.mac), cloneEvent(e)))
	}
	before := s.events
	u.steps = append(u.steps, func() { s.events = before })
	s.events = append(s.events, e)
}

func cloneEvent(e store.Event) store.Event {
	e.Detail = maps.Clone(e.Detail)
	e.MAC = bytes.Clone(e.MAC)
	return e
}
