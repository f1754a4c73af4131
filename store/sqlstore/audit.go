package sqlstore

import (
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
}

const selectHead = `SELECT seq, mac, latest_at, purged_seq, purged_mac FROM postern_event_head WHERE id = 1`

func scanHead(r row) (h head, err error) {
	err = r.Scan(&h.LastSeq, blob(&h.LastMAC), &h.latestAt, &h.PurgedSeq, blob(&h.PurgedMAC))
	return h, err
}

var errNoHead = errors.New("the head of the audit is missing")

// AuditEnds implements [store.Events].
func (s *Store) AuditEnds(ctx context.Context) (store.AuditEnds, error) {
	h, err := find(ctx, s, scanHead, selectHead)
	if errors.Is(err, store.ErrNotFound) {
		err = errNoHead
	}
	if err == nil {
		s.head.Store(&h)
	}
	return h.AuditEnds, s.wrap("audit ends", err)
}

// writeAudit sends what waits, and appends and purges, so that numbers have no gaps
// and the chain has no forks. An append first takes the head to be where it was last
// seen, which costs one statement with all that waits. If somebody else has appended
// since, it locks the head, as a purge does.
func (t *tx) writeAudit(ctx context.Context, writes []store.Write) error {
	if h := t.lastSeen(); h != nil && len(writes) > 0 {
		n := appends(writes)
		moved, err := t.appendEvents(ctx, h, writes[:n])
		if err != nil {
			return err
		}
		if moved {
			writes = writes[n:]
		}
	}
	if err := t.flush(ctx); err != nil || len(writes) == 0 {
		return err
	}
	if err := t.writeLocked(ctx, writes); err != nil {
		return fmt.Errorf("write the audit: %w", err)
	}
	return nil
}

// lastSeen returns where the head was last seen, or nil.
func (t *tx) lastSeen() *head {
	h := t.store.head.Load()
	if t.seen != nil && (h == nil || h.LastSeq < t.seen.LastSeq || t.store.dialect.oneWriter) {
		h = t.seen
	}
	if h == nil {
		return nil
	}
	seen := *h
	return &seen
}

func (t *tx) writeLocked(ctx context.Context, writes []store.Write) error {
	h, err := find(ctx, t, scanHead, selectHead+` FOR UPDATE`)
	if errors.Is(err, store.ErrNotFound) {
		err = errNoHead
	}
	if err != nil {
		return err
	}
	for len(writes) > 0 {
		if w, ok := writes[0].(store.PurgeEvents); ok {
			if err := t.purgeEvents(ctx, &h, w); err != nil {
				return err
			}
			writes = writes[1:]
			continue
		}
		n := appends(writes)
		moved, err := t.appendEvents(ctx, &h, writes[:n])
		if err == nil && !moved {
			err = fmt.Errorf("the head moved from %d under its lock", h.LastSeq)
		}
		if err != nil {
			return err
		}
		writes = writes[n:]
	}
	t.moved = &h
	return nil
}

// appends returns how many of the first writes append and fit in one statement.
func appends(writes []store.Write) int {
	const most = 16
	for i, w := range writes {
		if _, ok := w.(store.AppendEvent); !ok || i == most {
			return i
		}
	}
	return len(writes)
}

// appendEvents appends events behind h, together with what waits, and moves h. It
// reports false, and has appended nothing, if the head is not at h.
func (t *tx) appendEvents(ctx context.Context, h *head, writes []store.Write) (moved bool, err error) {
	if len(writes) == 0 {
		return false, nil
	}
	l := &link{from: *h, to: *h}
	for _, w := range writes {
		l.add(w.(store.AppendEvent))
	}
	moved, err = t.flushWith(ctx, l)
	if moved {
		*h = l.to
		t.moved = h
	}
	return moved, err
}

// putHead stores the head.
func (t *tx) putHead(ctx context.Context, h *head) error {
	const query = `UPDATE postern_event_head SET seq = ?, mac = ?, latest_at = ?, purged_seq = ?, purged_mac = ?
		WHERE id = 1`
	_, err := t.exec(ctx, query, h.LastSeq, h.LastMAC, h.latestAt, h.PurgedSeq, h.PurgedMAC)
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
	if err := t.putHead(ctx, h); err != nil {
		return err
	}
	// One now, so that an account that may not delete events purges none.
	_, err = t.exec(ctx, oldest, first)
	return err
}
