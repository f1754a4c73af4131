package sqlstore

import (
	"bytes"
	"context"
	"maps"
	"math"

	"github.com/postern-go/postern/store"
)

const eventColumns = `seq, id, at, code, outcome, actor_id, actor_name, target_kind, target_id, target_name,
	ip, user_agent, route, request_id, session_id, reason, detail, mac`

func scanEvent(r row) (e store.Event, err error) {
	err = r.Scan(&e.Seq, &e.ID, at(&e.At), &e.Code, &e.Outcome, &e.ActorID, &e.ActorName,
		&e.TargetKind, &e.TargetID, &e.TargetName, &e.IP, &e.UserAgent, &e.Route, &e.RequestID,
		&e.SessionID, &e.Reason, fromJSON(&e.Detail), blob(&e.MAC))
	return e, err
}

// ListEvents implements [store.Events].
func (s *Store) ListEvents(ctx context.Context, q store.EventQuery) (store.EventPage, error) {
	l := listEvents(q)
	p, err := orAside(s, func(s *Store) (p store.EventPage, err error) {
		rows, next, err := readList(ctx, s, l, scanEvent)
		if p.Rows = rows; err == nil && next != nil {
			p.Next = next[0].(int64)
		}
		return p, err
	})
	if err != nil {
		return store.EventPage{}, s.wrap("list events", err)
	}
	return p, nil
}

// listEvents returns the page that a query selects.
func listEvents(q store.EventQuery) listing {
	const (
		// See postern_event_times in the first migration.
		from = `seq >= COALESCE((SELECT e.seq FROM postern_events e WHERE e.latest_at >= ?
			ORDER BY e.latest_at, e.seq LIMIT 1), ?)`
		until = `seq <= COALESCE((SELECT t.seq FROM postern_event_times t WHERE t.at < ?
			ORDER BY t.at DESC LIMIT 1), 0)`
	)
	l := listing{
		table: `postern_events`, columns: eventColumns, key: []string{`seq`}, desc: !q.OldestFirst,
		limit: store.PageLimit(q.Limit), reach: store.PageReach * store.PageLimit(q.Limit),
	}
	l.equal(
		equality{`area`, q.Area},
		equality{`code`, q.Code},
		equality{`outcome`, q.Outcome},
		equality{`actor_id`, q.ActorID},
		equality{`target_id`, q.TargetID},
		equality{`ip`, q.IP},
		equality{`session_id`, q.SessionID},
	)
	if !q.Purged {
		// SQLite begins to read at one bound, the first it finds: not at this one, which
		// "+" takes out of the index, if there is a later one.
		key := `seq`
		if !q.From.IsZero() || q.OldestFirst && q.AfterSeq > 0 {
			key = `+seq`
		}
		l.within.and(key + ` > (SELECT purged_seq FROM postern_event_head WHERE id = 1)`)
	}
	if !q.From.IsZero() {
		l.within.and(`at >= ?`, q.From)
		l.within.and(from, q.From, int64(math.MaxInt64))
	}
	if !q.Until.IsZero() {
		l.within.and(`at < ?`, q.Until)
		l.within.and(until, q.Until)
	}
	switch { // an empty bound would compete with that of time
	case q.OldestFirst && q.AfterSeq > 0:
		l.after = []any{q.AfterSeq}
	case !q.OldestFirst && q.BeforeSeq > 0:
		l.after = []any{q.BeforeSeq}
	}
	return l
}

// storedEvent returns an event exactly as it will be read, because its MAC must be
// computed from that.
func storedEvent(e store.Event) store.Event {
	e = cloneEvent(e)
	e.At = store.Time(e.At)
	for _, s := range []*string{
		&e.ID, &e.Code, &e.Outcome, &e.ActorID, &e.ActorName, &e.TargetKind, &e.TargetID, &e.TargetName,
		&e.IP, &e.UserAgent, &e.Route, &e.RequestID, &e.SessionID, &e.Reason,
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
