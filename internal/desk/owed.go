package desk

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/postern-go/postern/store"
)

// owed are attempts that came to nothing because the store took no writes, and so
// could not be taken back either: how many of them, by the key of their counter.
type owed struct {
	mu   sync.Mutex
	keys map[string]int
}

// mostOwed bounds how many keys are remembered.
const mostOwed = 10_000

func (o *owed) add(keys ...string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.keys == nil {
		o.keys = make(map[string]int)
	}
	for _, key := range keys {
		if o.keys[key] > 0 || len(o.keys) < mostOwed {
			o.keys[key]++
		}
	}
}

// to reports whether a counter is too high.
func (o *owed) to(key string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.keys[key] > 0
}

// take returns all keys, each once, of which one attempt is no longer owed.
func (o *owed) take() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	keys := slices.Sorted(maps.Keys(o.keys))
	for _, key := range keys {
		if o.keys[key]--; o.keys[key] == 0 {
			delete(o.keys, key)
		}
	}
	return keys
}

// payBack takes back what is owed.
func (d *Desk) payBack(ctx context.Context) error {
	for {
		keys := d.owed.take()
		if len(keys) == 0 {
			return nil
		}
		if err := d.Commit(ctx, store.Unhit{Keys: keys}); err != nil {
			d.owed.add(keys...)
			return fmt.Errorf("take attempts back: %w", err)
		}
	}
}
