package desk

import (
	"context"
	"slices"
	"sync"
	"time"
)

const (
	// ticketLife is how long an attempt to sign in waits for others to be decided, at most.
	ticketLife = 10 * time.Second
	// mostWaiting is how many attempts can wait at the same time, in one process.
	mostWaiting = 256
	// mostRetries is how often an attempt is counted again without a wait in between.
	mostRetries = 3
)

// flights are the attempts in flight: this process has counted them, or is about to, and
// has not decided them yet. If only they reach a limit, it may have room again, because
// correct attempts are taken back. So other attempts wait for them.
type flights struct {
	mu      sync.Mutex
	of      map[string]*flight
	waiting int
	// decided is how many attempts have been decided so far.
	decided int
}

// flight is what is in flight under the key of one counter.
type flight struct {
	undecided int
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
		others = append(others, f.of[key].undecided)
		f.of[key].undecided++
	}
	return others
}

// end notes that an attempt is no longer in flight. If it was decided, there may be room:
// end wakes the attempt that has waited longest. If it was not counted, there is no more
// room than before. If nothing is left in flight, end wakes all.
func (f *flights) end(keys []string, decided bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if decided {
		f.decided++
	}
	for _, key := range keys {
		fl, next := f.of[key], 0
		fl.undecided--
		switch {
		case fl.undecided == 0:
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

// ticket lets one attempt wait, for ticketLife in total.
type ticket struct {
	f     *flights
	until time.Time
	// decided is flights.decided when the attempt was last counted.
	decided int
	// retries is how often it was counted again since it last waited.
	retries int
	waited  bool
}

func (f *flights) ticket() *ticket {
	f.mu.Lock()
	defer f.mu.Unlock()
	return &ticket{f: f, until: time.Now().Add(ticketLife), decided: f.decided}
}

// again waits until an attempt under the key of a limit that was reached is decided, and
// reports whether to count again. If crowded is set, the limit is reached only if attempts
// in flight fail.
func (t *ticket) again(ctx context.Context, key string, crowded bool) bool {
	f := t.f
	f.mu.Lock()
	fl := f.of[key]
	if fl == nil {
		// The attempts that crowded it were decided, or others may have been since.
		retry := crowded && time.Now().Before(t.until) || t.retries < mostRetries && f.decided != t.decided
		t.retries++
		t.decided = f.decided
		f.mu.Unlock()
		return retry
	}
	if f.waiting >= mostWaiting {
		f.mu.Unlock()
		return false
	}
	wake, at := make(chan struct{}), len(fl.queue)
	if t.waited {
		at = 0 // it has been first already
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
	t.waited, t.retries, t.decided = true, 0, f.decided
	return woken
}
