package sqlstore

import (
	"bytes"
	"context"
	"maps"
	"math"

	"github.com/postern-go/postern/store"
)

const eventColumns = `seq, id, at, code, outcome, actor_id, actor_name, target_kind, target_id, target_name,
	address, user_agent, route, request_id, session_id, reason, detail, mac`

func scanEvent(r row) (e store.Event, err error) {
	err = r.Scan(&e.Seq, &e.ID, at(&e.At), &e.Code, &e.Outcome, &e.ActorID, &e.ActorName,
		&e.TargetKind, &e.TargetID, &e.TargetName, &e.Address, &e.UserAgent, &e.Route, &e.RequestID,
		&e.SessionID, &e.Reason, fromJSON(&e.Detail), blob(&e.MAC))
	return e, err
}

// ListEvents implements [store.Events].
func (s *Store) ListEvents(ctx context.Context, q store.EventQuery) ([]store.Event, error) {
	const (
		// See postern_event_times in the first migration.
		from = `seq >= COALESCE((SELECT e.seq FROM postern_events e WHERE e.latest_at >= ?
			ORDER BY e.latest_at, e.seq LIMIT 1), ?)`
		until = `seq <= COALESCE((SELECT t.seq FROM postern_event_times t WHERE t.at < ?
			ORDER BY t.at DESC LIMIT 1), 0)`
	)
	var f filter
	for _, equal := range []struct{ condition, value string }{
		{`area = ?`, q.Area},
		{`code = ?`, q.Code},
		{`outcome = ?`, q.Outcome},
		{`actor_id = ?`, q.ActorID},
		{`target_id = ?`, q.TargetID},
		{`address = ?`, q.Address},
	} {
		if equal.value != "" {
			f.and(equal.condition, equal.value)
		}
	}
	if !q.From.IsZero() {
		f.and(`at >= ?`, q.From)
		f.and(from, q.From, int64(math.MaxInt64))
	}
	if !q.Until.IsZero() {
		f.and(`at < ?`, q.Until)
		f.and(until, q.Until)
	}
	order := ` ORDER BY seq DESC LIMIT ?`
	switch {
	case q.OldestFirst:
		order = ` ORDER BY seq LIMIT ?`
		if q.AfterSeq > 0 { // else it would compete with the bound of time
			f.and(`seq > ?`, q.AfterSeq)
		}
	case q.BeforeSeq > 0:
		f.and(`seq < ?`, q.BeforeSeq)
	}
	query := `SELECT ` + eventColumns + ` FROM postern_events` + f.where() + order
	found, err := list(ctx, s, scanEvent, query, f.with(store.PageLimit(q.Limit))...)
	return found, s.wrap("list events", err)
}

// storedEvent returns an event just as it will be read, because that is what
// its MAC must be of.
func storedEvent(e store.Event) store.Event {
	e = cloneEvent(e)
	e.At = store.Time(e.At)
	for _, s := range []*string{
		&e.ID, &e.Code, &e.Outcome, &e.ActorID, &e.ActorName, &e.TargetKind, &e.TargetID, &e.TargetName,
		&e.Address, &e.UserAgent, &e.Route, &e.RequestID, &e.SessionID, &e.Reason,
	} {
		*s = text(*s)
	}
	var detail map[string]string
	for name, value := range e.Detail {
		if detail == nil {
			detail = make(map[string]string, len(e.Detail))
		}
		detail[text(name)] = text(value)
	}
	e.Detail = detail
	return e
}

func cloneEvent(e store.Event) store.Event {
	e.Detail = maps.Clone(e.Detail)
	e.MAC = bytes.Clone(e.MAC)
	return e
}
