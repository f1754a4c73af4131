package sqlstore

import (
	"context"
	"errors"
	"time"

	"github.com/postern-go/postern/store"
)

const selectCounter = `SELECT id, hits, first_at, last_at, expires_at FROM postern_counters WHERE id = ?`

func scanCounter(r row) (c store.Counter, err error) {
	err = r.Scan(&c.Key, &c.Count, at(&c.FirstAt), at(&c.LastAt), at(&c.ExpiresAt))
	return c, err
}

// FindCounter implements [store.Counters].
func (s *Store) FindCounter(ctx context.Context, key string) (store.Counter, error) {
	c, err := find(ctx, s, scanCounter, selectCounter, key)
	return c, s.wrap("find counter", err)
}

// Hit implements [store.Counters].
func (s *Store) Hit(ctx context.Context, key string, l store.Limit, now time.Time) (c store.Counter, retryAt time.Time, ok bool, err error) {
	err = s.write(ctx, func(t *tx) (err error) {
		c, retryAt, ok, err = t.hit(ctx, key, l, store.Time(now))
		return err
	})
	if err != nil {
		return store.Counter{}, time.Time{}, false, s.wrap("hit counter", err)
	}
	return c, retryAt, ok, nil
}

func (t *tx) hit(ctx context.Context, key string, l store.Limit, now time.Time) (store.Counter, time.Time, bool, error) {
	const (
		lock   = selectCounter + ` FOR UPDATE`
		insert = `INSERT INTO postern_counters (id, hits, first_at, last_at, expires_at)
			VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
		update = `UPDATE postern_counters SET hits = ?, first_at = ?, last_at = ?, expires_at = ? WHERE id = ?`
	)
	for {
		c, err := find(ctx, t, scanCounter, lock, key)
		fresh := errors.Is(err, store.ErrNotFound)
		if err != nil && !fresh {
			return store.Counter{}, time.Time{}, false, err
		}
		c.Key = key
		c, retryAt, ok := l.Next(c, now)
		if !ok {
			return c, retryAt, false, nil
		}
		c.ExpiresAt = store.Time(c.ExpiresAt) // the limit's durations may be finer
		if !fresh {
			_, err := t.exec(ctx, update, c.Count, c.FirstAt, c.LastAt, c.ExpiresAt, key)
			return c, retryAt, true, err
		}
		n, err := t.exec(ctx, insert, key, c.Count, c.FirstAt, c.LastAt, c.ExpiresAt)
		if err != nil || n > 0 {
			return c, retryAt, true, err
		}
		// Another process created the counter in the meantime: count in that one.
	}
}

// Unhit implements [store.Counters].
func (s *Store) Unhit(ctx context.Context, key string) error {
	const query = `UPDATE postern_counters SET hits = hits - 1 WHERE id = ? AND hits > 0`
	err := s.write(ctx, func(t *tx) error {
		_, err := t.exec(ctx, query, key)
		return err
	})
	return s.wrap("unhit counter", err)
}

func (t *tx) clearCounter(w store.ClearCounter) {
	t.again(nil, w.Key, `DELETE FROM postern_counters WHERE id IN (`, `?`, `)`, w.Key)
}
