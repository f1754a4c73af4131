package password

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// queue bounds how many slow hashes run at once and how many callers wait for a turn. Each hash uses tens of
// megabytes, so without it a burst of sign-ins would exhaust memory (ASVS 15.2.2).
type queue struct {
	slots   chan struct{}
	waiting atomic.Int64
	limit   int64
	wait    time.Duration
}

func newQueue(concurrency, limit int, wait time.Duration) *queue {
	return &queue{slots: make(chan struct{}, concurrency), limit: int64(limit), wait: wait}
}

// acquire takes a slot; if it returns nil, the caller must release it.
func (q *queue) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("password: wait for a turn: %w", err)
	}
	select {
	case q.slots <- struct{}{}:
		return nil
	default:
	}
	defer q.waiting.Add(-1)
	if q.waiting.Add(1) > q.limit {
		return q.busy()
	}
	timer := time.NewTimer(q.wait)
	defer timer.Stop()
	select {
	case q.slots <- struct{}{}:
		return nil
	case <-timer.C:
		return q.busy()
	case <-ctx.Done():
		return fmt.Errorf("password: wait for a turn: %w", ctx.Err())
	}
}

func (q *queue) release() { <-q.slots }

// busy suggests one full wait: by then every caller ahead has been served or turned away.
func (q *queue) busy() error {
	return &BusyError{RetryAfter: max(q.wait.Round(time.Second), time.Second)}
}
