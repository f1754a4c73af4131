package desk

import (
	"context"
	"slices"
	"sync"
	"time"
)

const (
	// longestFlight is how long an attempt to sign in waits for others to be decided.
	longestFlight = 10 * time.Second
	// mostWaiting is how many attempts wait at the same time, in one process.
	mostWaiting = 256
	// mostRetries is how often an attempt is counted again without a wait.
	mostRetries = 3
)

// flights are the attempts in flight: those that this process has counted, or is about
// to, and has not decided yet. A limit that is only reached because of them may have
// room again, because correct attempts are taken back. So others wait for them.
type flights struct {
	mu      sync.Mutex
	of      map[string]*flight
	waiting int
	landed  int
}

// flight is what is in flight under the key of one counter.
type flight struct {
	// inAir attempts are counted, or about to be, and not decided.
	inAir int
	// queue has a channel for each attempt that waits, in order. Closing it wakes the
	// attempt.
	queue []chan struct{}
}

// start notes that an attempt is about to be counted under the keys, and returns how
// many others are in flight under each.
func (f *flights) start(keys []string) (others []int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.of == nil {
		f.of = make(map[string]*flight)
	}
	for _, key := range keys {
		if f.of[key] == nil {
			f.of[key] = &flight{}
		}
		others = append(others, f.of[key].inAir)
		f.of[key].inAir++
	}
	return others
}

// land notes that an attempt is decided, and wakes the one that has waited longest; or
// that it was not counted, which makes no room. If nothing is left in flight, it wakes all.
func (f *flights) land(keys []string, decided bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if decided {
		f.landed++
	}
	for _, key := range keys {
		fl, next := f.of[key], 0
		fl.inAir--
		switch {
		case fl.inAir == 0:
			next = len(fl.queue)
			delete(f.of, key)
		case decided:
			next = min(1, len(fl.queue))
		}
		for _, wake := range fl.queue[:next] {
			close(wake)
		}
		fl.queue = slices.Clone(fl.queue[next:])
	}
}

// ticket lets one attempt wait, for longestFlight in total.
type ticket struct {
	f       *flights
	until   time.Time
	landed  int
	retries int
	waited  bool
}

func (f *flights) ticket() *ticket {
	f.mu.Lock()
	defer f.mu.Unlock()
	return &ticket{f: f, until: time.Now().Add(longestFlight), landed: f.landed}
}

// again waits until an attempt under the key of a limit that was reached is decided. If
// crowded is set, the limit is only reached if attempts in flight fail. It reports whether
// to count again.
func (t *ticket) again(ctx context.Context, key string, crowded bool) bool {
	f := t.f
	f.mu.Lock()
	fl := f.of[key]
	if fl == nil {
		// Whoever crowded it has gone. Or an attempt may have landed since.
		retry := crowded && time.Now().Before(t.until) || t.retries < mostRetries && f.landed != t.landed
		t.retries++
		t.landed = f.landed
		f.mu.Unlock()
		return retry
	}
	if f.waiting >= mostWaiting {
		f.mu.Unlock()
		return false
	}
	wake, at := make(chan struct{}), len(fl.queue)
	if t.waited {
		at = 0 // it was first before
	}
	fl.queue = slices.Insert(fl.queue, at, wake)
	f.waiting++
	f.mu.Unlock()
	late := time.NewTimer(time.Until(t.until))
	defer late.Stop()
	woken := false
	select {
	case <-wake:
		woken = true
	case <-late.C:
	case <-ctx.Done():
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waiting--
	if i := slices.Index(fl.queue, wake); i >= 0 {
		fl.queue = slices.Delete(fl.queue, i, i+1)
	}
	t.waited, t.retries, t.landed = true, 0, f.landed
	return woken
}
