package sqlstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/postern-go/postern/store"
)

// head is the part of the audit log that the next append or purge must know.
type head struct {
	store.AuditEnds
	// latestAt is the latest At of all events, in microseconds.
	latestAt int64
}

const selectHead = `SELECT seq, mac, latest_at, purged_seq, purged_mac, seal FROM postern_event_head WHERE id = 1`

// into are the destinations of the columns of selectHead.
func (h *head) into() []any {
	return []any{&h.LastSeq, blob(&h.LastMAC), &h.latestAt, &h.PurgedSeq, blob(&h.PurgedMAC), blob(&h.Seal)}
}

func scanHead(r row) (h head, err error) {
	err = r.Scan(h.into()...)
	return h, err
}

var errNoHead = errors.New("the head of the audit is missing")

// AuditEnds implements [store.Events].
func (s *Store) AuditEnds(ctx context.Context) (store.AuditEnds, error) {
	h, err := orAside(s, func(s *Store) (head, error) { return find(ctx, s, scanHead, selectHead) })
	if errors.Is(err, store.ErrNotFound) {
		err = errNoHead
	}
	if err == nil {
		s.head.Store(&h)
	}
	return h.AuditEnds, s.wrap("audit ends", err)
}

// writeAudit sends what waits, and appends and purges, so that numbers have no gaps
// and the chain has no forks.
//
// An append first assumes that the head is where it was last seen. If it is, one
// statement appends, and makes all changes that wait. If someone else has appended
// since, the head is locked, and the events get new numbers and MACs. Either way,
// the head stays locked for two statements at most, COMMIT included.
func (t *tx) writeAudit(ctx context.Context, writes []store.Write) error {
	h, locked := t.lastSeen(), false
	for len(writes) > 0 {
		if w, ok := writes[0].(store.PurgeEvents); ok {
			if err := t.flush(ctx); err != nil {
				return err
			}
			if err := t.purgeEvents(ctx, &h, w); err != nil {
				return fmt.Errorf("%T: %w", w, err)
			}
			writes, locked = writes[1:], true
			continue
		}
		l := link{from: h, to: h}
		n := appends(writes)
		for _, w := range writes[:n] {
			if err := l.add(w.(store.AppendEvent)); err != nil {
				return fmt.Errorf("%T: %w", w, err)
			}
		}
		moved, is, err := t.flushWith(ctx, &l)
		switch {
		case err != nil:
			return err
		case moved:
			h, writes = l.to, writes[n:]
		case locked:
			return fmt.Errorf("the head of the audit moved from %d under its lock", h.LastSeq)
		default:
			h = is
		}
		locked = true
	}
	if locked {
		t.moved = &h
	}
	return t.flush(ctx)
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

// lastSeen returns where the head was last seen. If it never was, it returns a
// place where the head cannot be.
func (t *tx) lastSeen() head {
	h := t.store.head.Load()
	if t.seen != nil && (h == nil || h.LastSeq < t.seen.LastSeq || t.store.dialect.oneWriter) {
		h = t.seen
	}
	if h == nil {
		return head{latestAt: math.MinInt64}
	}
	return *h
}

// lockHead returns where the head is.
func (t *tx) lockHead(ctx context.Context) (head, error) {
	h, err := find(ctx, t, scanHead, t.store.dialect.lock(selectHead))
	if errors.Is(err, store.ErrNotFound) {
		err = errNoHead
	}
	return h, err
}

// purgeEvents records in the head that the oldest events are purged. From then on no
// list has them, and the trigger permits their deletion, which is left to Purge.
func (t *tx) purgeEvents(ctx context.Context, h *head, w store.PurgeEvents) (err error) {
	const (
		last  = `SELECT mac FROM postern_events WHERE seq = ?`
		purge = `UPDATE postern_event_head SET purged_seq = ?, purged_mac = ?, seal = ? WHERE id = 1`
		none  = `DELETE FROM postern_events WHERE seq < 0`
	)
	if *h, err = t.lockHead(ctx); err != nil {
		return err
	}
	if w.Through <= h.PurgedSeq {
		return store.ErrNotFound
	}
	mac, err := find(ctx, t, scanBlob, last, w.Through)
	if err != nil {
		return err
	}
	if w.MAC != nil && !bytes.Equal(mac, w.MAC) {
		return store.ErrConflict
	}
	before := h.AuditEnds
	h.PurgedSeq, h.PurgedMAC = w.Through, mac
	if w.Seal != nil {
		seal, err := w.Seal(before.Clone(), h.Clone())
		if err != nil {
			return err
		}
		h.Seal = bytes.Clone(seal)
	}
	if _, err := t.exec(ctx, purge, h.PurgedSeq, h.PurgedMAC, h.Seal); err != nil {
		return err
	}
	// Nothing is deleted yet: an earlier purge may have left older events, and a gap after
	// them would look like tampering. But the commit must fail if the account may not
	// delete events.
	_, err = t.exec(ctx, none)
	return err
}
