package memstore

import (
	"context"
	"time"

	"github.com/postern-go/postern/store"
)

// Hit implements [store.Counters].
func (s *Store) Hit(ctx context.Context, now time.Time, hits ...store.Hit) ([]store.HitResult, bool, error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	defer s.change()()
	results, counted := store.DecideHits(store.Time(now), hits, s.counters)
	if counted {
		for _, r := range results {
			s.counters[r.Counter.Key] = r.Counter
		}
	}
	return results, counted, nil
}

// FindCounters implements [store.Counters].
func (s *Store) FindCounters(ctx context.Context, keys ...string) ([]store.Counter, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.countersOf(keys), nil
}

func (s *Store) countersOf(keys []string) []store.Counter {
	var found []store.Counter
	for _, key := range keys {
		if c, ok := s.counters[key]; ok {
			found = append(found, c)
		}
	}
	return found
}

func (s *Store) unhit(u *undo, w store.Unhit) {
	for _, key := range w.Keys {
		if c, ok := s.counters[key]; ok && c.Count > 0 {
			c.Count--
			put(u, s.counters, key, c)
		}
	}
}
