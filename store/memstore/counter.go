package memstore

import (
	"context"
	"time"

	"github.com/postern-go/postern/store"
)

// Hit implements [store.Counters].
func (s *Store) Hit(ctx context.Context, key string, l store.Limit, now time.Time) (store.Counter, time.Time, bool, error) {
	if err := ctx.Err(); err != nil {
		return store.Counter{}, time.Time{}, false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.counters[key]
	c.Key = key
	next, retryAt, ok := l.Next(c, store.Time(now))
	if ok {
		// The limit's durations may be finer than what stores keep.
		next.ExpiresAt = store.Time(next.ExpiresAt)
		s.counters[key] = next
	}
	return next, retryAt, ok, nil
}

// Unhit implements [store.Counters].
func (s *Store) Unhit(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.counters[key]; ok && c.Count > 0 {
		c.Count--
		s.counters[key] = c
	}
	return nil
}

// FindCounter implements [store.Counters].
func (s *Store) FindCounter(ctx context.Context, key string) (store.Counter, error) {
	if err := ctx.Err(); err != nil {
		return store.Counter{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	c, ok := s.counters[key]
	if !ok {
		return store.Counter{}, missing("counter")
	}
	return c, nil
}
