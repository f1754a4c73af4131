package desk

import (
	"sync"
	"time"
)

// turns bounds how much work is under way at once. Work that takes longer than patience no
// longer counts: what hangs, because its database or mail server does, holds up nobody else.
// The zero value and nil bound nothing.
type turns struct {
	most     int
	patience time.Duration

	mu    sync.Mutex
	last  int
	began map[int]time.Time
}

// take takes a turn, which lasts until end is called. It is false if there is none.
func (t *turns) take() (end func(), ok bool) {
	if t == nil || t.most == 0 {
		return func() {}, true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	for id, began := range t.began {
		if now.Sub(began) >= t.patience {
			delete(t.began, id)
		}
	}
	if len(t.began) >= t.most {
		return nil, false
	}
	if t.began == nil {
		t.began = map[int]time.Time{}
	}
	t.last++
	id := t.last
	t.began[id] = now
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.began, id)
	}, true
}

// wait is how long it takes until the turn that was taken first no longer counts.
func (t *turns) wait() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	least := t.patience
	for _, began := range t.began {
		least = min(least, t.patience-time.Since(began))
	}
	return max(0, least)
}
