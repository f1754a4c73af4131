package memstore

import (
	"bytes"
	"context"
	"maps"

	"github.com/postern-go/postern/store"
)

// ListEvents implements [store.Events].
func (s *Store) ListEvents(ctx context.Context, q store.EventQuery) ([]store.Event, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	last := len(s.events)
	if q.BeforeSeq > 0 {
		last = int(min(int64(last), q.BeforeSeq-1))
	}
	q.From, q.Until = store.Time(q.From), store.Time(q.Until)
	var found []store.Event
	for i := last - 1; i >= 0 && len(found) < store.PageLimit(q.Limit); i-- {
		if e := s.events[i]; selects(q, e) {
			found = append(found, cloneEvent(e))
		}
	}
	return found, nil
}

func selects(q store.EventQuery, e store.Event) bool {
	return (q.Code == "" || e.Code == q.Code) &&
		(q.ActorID == "" || e.ActorID == q.ActorID) &&
		(q.TargetID == "" || e.TargetID == q.TargetID) &&
		(q.From.IsZero() || !e.At.Before(q.From)) &&
		(q.Until.IsZero() || e.At.Before(q.Until))
}

func (s *Store) appendEvent(u *undo, w store.AppendEvent) {
	e := cloneEvent(w.Event)
	e.At = store.Time(e.At)
	e.Seq = int64(len(s.events)) + 1
	if w.MAC != nil {
		var previous []byte
		if len(s.events) > 0 {
			previous = bytes.Clone(s.events[len(s.events)-1].MAC)
		}
		e.MAC = nil
		e.MAC = bytes.Clone(w.MAC(previous, cloneEvent(e)))
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
