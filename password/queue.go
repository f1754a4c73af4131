package password

import (
	"context"
	"fmt"
	"hash/maphash"
	"sync"
	"time"
)

// queue bounds how many slow hashes run at once and how many callers wait for a turn. Each hash uses tens of
// megabytes, so without it a burst of sign-ins would exhaust memory (ASVS 15.2.2).
//
// If there are several slots, strangers never have the last one, so a flood of them does not keep reserved callers waiting
// (ASVS 15.1.3). Within a line, callers whose groups have used least go first, and callers whose groups want most are
// turned away, so many requests from few networks do not keep the others out.
type queue struct {
	slots, limit int
	wait         time.Duration
	seed         maphash.Seed

	mu sync.Mutex
	// running counts the hashes that run, strange how many of them are strangers'.
	running, strange    int
	reserved, strangers line
}

// queues are those of this process, by their limits; see [Config.Concurrency].
var queues struct {
	sync.Mutex
	of map[queueLimits]*queue
}

type queueLimits struct {
	slots, limit int
	wait         time.Duration
}

// queueOf returns the queue of all hashers with these limits: memory is the process's.
func queueOf(slots, limit int, wait time.Duration) *queue {
	queues.Lock()
	defer queues.Unlock()
	of := queueLimits{slots, limit, wait}
	if queues.of[of] == nil {
		if queues.of == nil {
			queues.of = map[queueLimits]*queue{}
		}
		queues.of[of] = newQueue(slots, limit, wait)
	}
	return queues.of[of]
}

func newQueue(slots, limit int, wait time.Duration) *queue {
	return &queue{slots: slots, limit: limit, wait: wait, seed: maphash.MakeSeed()}
}

// acquire waits for a turn. If the error is nil, the caller must call release after the hash.
func (q *queue) acquire(ctx context.Context) (release func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("password: wait for a turn: %w", err)
	}
	w := q.enter(callerOf(ctx))
	timer := time.NewTimer(q.wait)
	defer timer.Stop()
	select {
	case err = <-w.turn:
	case <-timer.C:
		err = q.leave(w, q.busy())
	case <-ctx.Done():
		err = q.leave(w, fmt.Errorf("password: wait for a turn: %w", ctx.Err()))
	}
	if err != nil {
		return nil, err
	}
	return func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.end(w)
	}, nil
}

// enter puts a caller in line, gives turns, and turns one caller away if too many wait.
func (q *queue) enter(c Caller) *waiter {
	w := &waiter{reserved: c.Reserved, groups: groupsOf(q.seed, c.Groups), turn: make(chan error, 1)}
	q.mu.Lock()
	defer q.mu.Unlock()
	l := q.line(w)
	l.join(w)
	q.dispatch()
	if len(l.waiters) > q.limit {
		l.last().turn <- q.busy()
	}
	return w
}

// leave takes a caller out of the line and returns why. If their turn has come at the same moment, it is passed on.
func (q *queue) leave(w *waiter, why error) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.line(w).leave(w) && <-w.turn == nil {
		q.end(w)
	}
	return why
}

// end ends the turn of a caller and gives it to another. The lock is held.
func (q *queue) end(w *waiter) {
	q.running--
	if !w.reserved {
		q.strange--
	}
	q.dispatch()
}

// dispatch gives turns while there are slots and callers who may have them. The lock is held.
func (q *queue) dispatch() {
	for q.running < q.slots {
		switch {
		case len(q.reserved.waiters) > 0:
			q.reserved.next().turn <- nil
		case len(q.strangers.waiters) > 0 && q.strange < max(1, q.slots-1):
			q.strangers.next().turn <- nil
			q.strange++
		default:
			return
		}
		q.running++
	}
}

func (q *queue) line(w *waiter) *line {
	if w.reserved {
		return &q.reserved
	}
	return &q.strangers
}

// busy suggests one full wait: by then every caller ahead has been served or turned away.
func (q *queue) busy() error {
	return &BusyError{RetryAfter: max(q.wait.Round(time.Second), time.Second)}
}
