package desk

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/postern-go/postern/store"
)

// owed are attempts that could not be taken back because the store took no writes,
// by the key of their counter.
type owed struct {
	mu   sync.Mutex
	keys map[string]debt
	// paying is held while some of them are taken back.
	paying sync.Mutex
}

// debt is by how many attempts a counter is too high, and since when.
type debt struct {
	attempts int
	since    time.Time
}

const (
	// mostOwed is how many keys are remembered, and paidAtOnce how many counters one
	// commit changes.
	mostOwed   = 10_000
	paidAtOnce = 100
	// owedFor is how long they are remembered. By then most counters have forgotten
	// them, and taking them back would take back others, which were counted since.
	owedFor = limitWindow
)

func (o *owed) add(now time.Time, keys ...string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.forget(now)
	if o.keys == nil {
		o.keys = make(map[string]debt)
	}
	for _, key := range keys {
		d, known := o.keys[key]
		if !known {
			if len(o.keys) >= mostOwed {
				continue
			}
			d.since = now
		}
		d.attempts++
		o.keys[key] = d
	}
}

// forget drops what is no longer owed. mu must be held.
func (o *owed) forget(now time.Time) {
	maps.DeleteFunc(o.keys, func(_ string, d debt) bool { return now.Sub(d.since) >= owedFor })
}

// some returns up to paidAtOnce keys under which an attempt is owed, each once.
func (o *owed) some(now time.Time) []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.forget(now)
	keys := slices.Sorted(maps.Keys(o.keys))
	return keys[:min(len(keys), paidAtOnce)]
}

// paid notes that one attempt of each key was taken back.
func (o *owed) paid(keys []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, key := range keys {
		d, known := o.keys[key]
		if d.attempts--; known && d.attempts > 0 {
			o.keys[key] = d
		} else {
			delete(o.keys, key)
		}
	}
}

// payBack takes back what is owed, unless another call is doing so.
func (d *Desk) payBack(ctx context.Context) error {
	if !d.owed.paying.TryLock() {
		return nil
	}
	defer d.owed.paying.Unlock()
	for {
		keys := d.owed.some(d.Now())
		if len(keys) == 0 {
			return nil
		}
		if err := d.Commit(ctx, store.Unhit{Keys: keys}); err != nil {
			return fmt.Errorf("take attempts back: %w", err)
		}
		d.owed.paid(keys)
	}
}
