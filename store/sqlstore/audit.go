package sqlstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/postern-go/postern/store"
)

// head is the part of the audit log that the next append or purge must know.
type head struct {
	store.AuditEnds
	// latestAt is the latest At of all events, in microseconds.
	latestAt int64
	// stored is LastSeq as the database has it.
	stored int64
}

const selectHead = `SELECT seq, mac, latest_at, purged_seq, purged_mac FROM postern_event_head WHERE id = 1`

func scanHead(r row) (h head, err error) {
	err = r.Scan(&h.LastSeq, blob(&h.LastMAC), &h.latestAt, &h.PurgedSeq, blob(&h.PurgedMAC))
	h.stored = h.LastSeq
	return h, err
}

var errNoHead = errors.New("the head of the audit is missing")

// AuditEnds implements [store.Events].
func (s *Store) AuditEnds(ctx context.Context) (store.AuditEnds, error) {
	h, err := find(ctx, s, scanHead, selectHead)
	if errors.Is(err, store.ErrNotFound) {
		err = errNoHead
	}
	return h.AuditEnds, s.wrap("audit ends", err)
}

// writeAudit appends and purges while it holds the head of the audit log, so that
// numbers have no gaps and the chain has no forks.
func (t *tx) writeAudit(ctx context.Context, writes []store.Write) error {
	if len(writes) == 0 {
		return nil
	}
	h, err := find(ctx, t, scanHead, selectHead+` FOR UPDATE`)
	if errors.Is(err, store.ErrNotFound) {
		err = errNoHead
	}
	if err != nil {
		return err
	}
	for _, w := range writes {
		switch w := w.(type) {
		case store.AppendEvent:
			err = t.appendEvent(ctx, &h, w)
		case store.PurgeEvents:
			err = t.purgeEvents(ctx, &h, w)
		}
		if err != nil {
			return err
		}
	}
	return t.moveHead(ctx, &h)
}

// moveHead stores the head.
func (t *tx) moveHead(ctx context.Context, h *head) error {
	const query = `UPDATE postern_event_head SET seq = ?, mac = ?, latest_at = ?, purged_seq = ?, purged_mac = ?
		WHERE id = 1 AND seq = ?`
	moved := fmt.Errorf("the head of the audit moved from %d under its lock", h.stored)
	err := t.must(ctx, moved, query, h.LastSeq, h.LastMAC, h.latestAt, h.PurgedSeq, h.PurgedMAC, h.stored)
	h.stored = h.LastSeq
	return err
}

func (t *tx) appendEvent(ctx context.Context, h *head, w store.AppendEvent) error {
	const (
		insert = `INSERT INTO postern_events (` + eventColumns + `, latest_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
		forget   = `DELETE FROM postern_event_times WHERE at >= ?`
		remember = `INSERT INTO postern_event_times (at, seq) VALUES (?, ?)
			ON CONFLICT (at) DO UPDATE SET seq = excluded.seq`
	)
	e := storedEvent(w.Event)
	e.Seq = h.LastSeq + 1
	if w.MAC != nil {
		e.MAC = nil
		e.MAC = bytes.Clone(w.MAC(bytes.Clone(h.LastMAC), cloneEvent(e)))
	}
	late := micros(e.At) < h.latestAt
	h.LastSeq, h.LastMAC, h.latestAt = e.Seq, e.MAC, max(h.latestAt, micros(e.At))
	_, err := t.exec(ctx, insert, e.Seq, e.ID, e.At, e.Code, e.Outcome, e.ActorID, e.ActorName,
		e.TargetKind, e.TargetID, e.TargetName, e.IP, e.UserAgent, e.Route, e.RequestID,
		e.SessionID, e.Reason, e.Detail, e.MAC, h.latestAt)
	if err == nil && late {
		_, err = t.exec(ctx, forget, e.At)
	}
	if err == nil {
		_, err = t.exec(ctx, remember, e.At, e.Seq)
	}
	return err
}

// purgeEvents records in the head that the oldest events are purged. From then on no
// list has them, and the trigger permits their deletion, which is left to Purge.
func (t *tx) purgeEvents(ctx context.Context, h *head, w store.PurgeEvents) error {
	const (
		last   = `SELECT mac FROM postern_events WHERE seq = ?`
		oldest = `DELETE FROM postern_events WHERE seq = ?`
	)
	if w.Through <= h.PurgedSeq {
		return store.ErrNotFound
	}
	mac, err := find(ctx, t, scanBlob, last, w.Through)
	if err != nil {
		return err
	}
	first := h.PurgedSeq + 1
	h.PurgedSeq, h.PurgedMAC = w.Through, mac
	if err := t.moveHead(ctx, h); err != nil {
		return err
	}
	// One now, so that an account that may not delete events purges none.
	_, err = t.exec(ctx, oldest, first)
	return err
}
