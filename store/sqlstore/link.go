package sqlstore

import (
	"bytes"
	"context"
	"slices"

	"github.com/postern-go/postern/store"
)

// link is a part of the audit log that is to be appended: it fits only if the head
// is where the link begins.
type link struct {
	from, to head
	events   []storableEvent
	// times are the rows of postern_event_times that the events add. Those at or
	// after late are no longer true, if any event is late.
	times  []eventTime
	late   int64
	isLate bool
}

type storableEvent struct {
	store.Event
	latestAt int64
}

type eventTime struct{ at, seq int64 }

// add adds an event at the end.
func (l *link) add(w store.AppendEvent) error {
	e := storedEvent(w.Event)
	e.Seq = l.to.LastSeq + 1
	if w.MAC != nil {
		e.MAC = nil
		mac, seal, err := w.MAC(l.to.Clone(), cloneEvent(e))
		if err != nil {
			return err
		}
		e.MAC, l.to.Seal = bytes.Clone(mac), bytes.Clone(seal)
	}
	at := micros(e.At)
	if at < l.to.latestAt && (!l.isLate || at < l.late) {
		l.late, l.isLate = at, true
	}
	l.times = slices.DeleteFunc(l.times, func(t eventTime) bool { return t.at >= at })
	l.times = append(l.times, eventTime{at, e.Seq})
	l.to.LastSeq, l.to.LastMAC, l.to.latestAt = e.Seq, e.MAC, max(l.to.latestAt, at)
	l.events = append(l.events, storableEvent{e, l.to.latestAt})
	return nil
}

// The statements of a link. On PostgreSQL, they are parts of one, which begins by
// locking the head, as k; the others depend on h, which moves it from where k is.
const (
	moveHead = `UPDATE postern_event_head SET seq = ?, mac = ?, latest_at = ?, seal = ? WHERE id = 1 AND `
	headIs   = `seq = ? AND mac = ? AND latest_at = ? AND purged_seq = ? AND purged_mac = ? AND seal = ?`

	insertEvents = `INSERT INTO postern_events (` + eventColumns + `, latest_at) `
	selectEvent  = `SELECT CAST(? AS BIGINT), ?, CAST(? AS BIGINT), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
		CAST(? AS BYTEA), CAST(? AS BIGINT) FROM h`
	eventValues = `(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

	insertTimes = `INSERT INTO postern_event_times (at, seq) `
	selectTime  = `SELECT CAST(? AS BIGINT), CAST(? AS BIGINT) FROM h`
	upsertTimes = ` ON CONFLICT (at) DO UPDATE SET seq = excluded.seq`
)

func (l *link) headArgs() []any {
	is := l.from
	return []any{
		l.to.LastSeq, l.to.LastMAC, l.to.latestAt, l.to.Seal,
		is.LastSeq, is.LastMAC, is.latestAt, is.PurgedSeq, is.PurgedMAC, is.Seal,
	}
}

func (l *link) eventArgs() (args []any) {
	for _, e := range l.events {
		args = append(args, e.Seq, e.ID, e.At, e.Code, e.Outcome, e.ActorID, e.ActorName,
			e.TargetKind, e.TargetID, e.TargetName, e.IP, e.UserAgent, e.Route, e.RequestID,
			e.SessionID, e.Reason, e.Detail, e.MAC, e.latestAt)
	}
	return args
}

func (l *link) timeArgs() (args []any) {
	for _, t := range l.times {
		args = append(args, t.at, t.seq)
	}
	return args
}

// forget returns the statement that deletes the times that are no longer true, but
// not those that are about to be replaced, or "".
func (l *link) forget() (query string, args []any) {
	if !l.isLate {
		return "", nil
	}
	args = []any{l.late}
	for _, t := range l.times {
		args = append(args, t.at)
	}
	return `DELETE FROM postern_event_times WHERE at >= ? AND at NOT IN (` + repeated("?", ", ", len(l.times)) + `)`, args
}

// sendLink sends a link statement by statement. It reports whether the head was where
// the link begins, and if not, where it is.
func (t *tx) sendLink(ctx context.Context, l *link) (moved bool, is head, err error) {
	n, err := t.exec(ctx, moveHead+headIs, l.headArgs()...)
	if err == nil && n == 0 {
		is, err = t.lockHead(ctx)
		return false, is, err
	}
	if err != nil {
		return false, is, err
	}
	if _, err := t.exec(ctx, insertEvents+`VALUES `+repeated(eventValues, ", ", len(l.events)), l.eventArgs()...); err != nil {
		return false, is, err
	}
	if query, args := l.forget(); query != "" {
		if _, err := t.exec(ctx, query, args...); err != nil {
			return false, is, err
		}
	}
	t.put(upsert{table: `postern_event_times`, columns: []string{`at`, `seq`}, keys: 1, values: l.timeArgs()})
	return true, is, t.flush(ctx)
}
