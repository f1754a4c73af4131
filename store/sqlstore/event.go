package sqlstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"

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
	var f filter
	for _, equal := range []struct{ condition, value string }{
		{`code = ?`, q.Code},
		{`actor_id = ?`, q.ActorID},
		{`target_id = ?`, q.TargetID},
	} {
		if equal.value != "" {
			f.and(equal.condition, equal.value)
		}
	}
	if !q.From.IsZero() {
		f.and(`at >= ?`, q.From)
	}
	if !q.Until.IsZero() {
		f.and(`at < ?`, q.Until)
	}
	if q.BeforeSeq > 0 {
		f.and(`seq < ?`, q.BeforeSeq)
	}
	query := `SELECT ` + eventColumns + ` FROM postern_events` + f.where() + ` ORDER BY seq DESC LIMIT ?`
	found, err := list(ctx, s, scanEvent, query, f.with(store.PageLimit(q.Limit))...)
	return found, s.wrap("list events", err)
}

// eventHead is the last event, as far as the next one must know it.
type eventHead struct {
	seq int64
	mac []byte
}

func scanEventHead(r row) (h eventHead, err error) {
	err = r.Scan(&h.seq, blob(&h.mac))
	return h, err
}

// appendEvents appends while it holds the head of the audit, so that numbers
// have no gaps and MACs no forks.
func (t *tx) appendEvents(ctx context.Context, writes []store.AppendEvent) error {
	const (
		lock = `SELECT seq, mac FROM postern_event_head WHERE id = 1 FOR UPDATE`
		move = `UPDATE postern_event_head SET seq = ?, mac = ? WHERE id = 1 AND seq = ?`
	)
	if len(writes) == 0 {
		return nil
	}
	heads, err := list(ctx, t, scanEventHead, lock)
	if err != nil {
		return err
	}
	if len(heads) != 1 {
		return errors.New("the head of the audit is missing")
	}
	before := heads[0]
	head := before
	for _, w := range writes {
		e := storedEvent(w.Event)
		e.Seq = head.seq + 1
		if w.MAC != nil {
			e.MAC = nil
			e.MAC = bytes.Clone(w.MAC(bytes.Clone(head.mac), cloneEvent(e)))
		}
		if err := t.insertEvent(ctx, e); err != nil {
			return err
		}
		head = eventHead{e.Seq, e.MAC}
	}
	moved := fmt.Errorf("the head of the audit moved from %d under its lock", before.seq)
	return t.must(ctx, moved, move, head.seq, head.mac, before.seq)
}

func (t *tx) insertEvent(ctx context.Context, e store.Event) error {
	const query = `INSERT INTO postern_events (` + eventColumns + `)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	_, err := t.exec(ctx, query, e.Seq, e.ID, e.At, e.Code, e.Outcome, e.ActorID, e.ActorName,
		e.TargetKind, e.TargetID, e.TargetName, e.Address, e.UserAgent, e.Route, e.RequestID,
		e.SessionID, e.Reason, e.Detail, e.MAC)
	return err
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
