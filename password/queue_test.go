package password_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/password"
)

// gate holds every hash at its salt until it is opened. Salts are filled inside a slot, so the hashes it holds are
// those that run at once.
type gate struct {
	open   chan struct{}
	inside atomic.Int64
	peak   atomic.Int64
}

func (g *gate) salt([]byte) {
	n := g.inside.Add(1)
	defer g.inside.Add(-1)
	for old := g.peak.Load(); n > old && !g.peak.CompareAndSwap(old, n); old = g.peak.Load() {
	}
	<-g.open
}

func TestTwoHundredStrangersRunTwoAtATimeAndTheRestIsTurnedAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{open: make(chan struct{})}
		h := newHasher(t, password.Config{Concurrency: 3, Queue: 30}).WithSalt(g.salt)
		var done, busy atomic.Int64
		var wg sync.WaitGroup
		for range 200 {
			wg.Go(func() {
				_, err := h.Hash(t.Context(), "correct horse battery staple")
				if errors.Is(err, password.ErrBusy) {
					busy.Add(1)
				} else if err == nil {
					done.Add(1)
				}
			})
		}
		synctest.Wait()
		require.EqualValues(t, 168, busy.Load(), "all but 2 running and 30 waiting are refused at once, as the third slot is reserved")
		close(g.open)
		wg.Wait()
		require.EqualValues(t, 32, done.Load())
		require.LessOrEqual(t, g.peak.Load(), int64(2))
		require.EqualValues(t, 32, h.Runs())

		// Every slot and every place in the queue is free again.
		_, err := h.Verify(t.Context(), "anything", "")
		require.NoError(t, err)
	})
}

func TestWaitingTooLongIsBusyWithATimeToRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{open: make(chan struct{})}
		h := newHasher(t, password.Config{Concurrency: 1}).WithSalt(g.salt)
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = h.Hash(t.Context(), "correct horse battery staple") })
		synctest.Wait()

		start := time.Now()
		_, err := h.Verify(t.Context(), "anything", "")
		require.ErrorIs(t, err, password.ErrBusy)
		require.Equal(t, password.DefaultQueueWait, time.Since(start))
		var busy *password.BusyError
		require.ErrorAs(t, err, &busy)
		require.Equal(t, 10*time.Second, busy.RetryAfter)
		require.Zero(t, h.Runs())
		close(g.open)
		wg.Wait()
	})
}

func TestACallerWhoLeavesTheQueueIsNotHashed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{open: make(chan struct{})}
		h := newHasher(t, password.Config{Concurrency: 1, Queue: 1}).WithSalt(g.salt)
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = h.Hash(t.Context(), "correct horse battery staple") })
		synctest.Wait()

		ctx, cancel := context.WithCancel(t.Context())
		left := make(chan error, 1)
		wg.Go(func() {
			_, err := h.Verify(ctx, "anything", "")
			left <- err
		})
		synctest.Wait()
		cancel()
		require.ErrorIs(t, <-left, context.Canceled)

		// The place is free: the next caller waits instead of being refused at once.
		next := make(chan error, 1)
		wg.Go(func() {
			_, err := h.Verify(t.Context(), "anything", "")
			next <- err
		})
		synctest.Wait()
		close(g.open)
		require.NoError(t, <-next)
		wg.Wait()
		require.EqualValues(t, 2, h.Runs())
	})
}

func TestAQueueOfMinusOneLetsNobodyWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{open: make(chan struct{})}
		h := newHasher(t, password.Config{Concurrency: 1, Queue: -1, QueueWait: time.Millisecond}).WithSalt(g.salt)
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = h.Hash(t.Context(), "correct horse battery staple") })
		synctest.Wait()
		start := time.Now()
		_, err := h.Derive(t.Context(), "secret", make([]byte, 16))
		require.ErrorIs(t, err, password.ErrBusy)
		require.Zero(t, time.Since(start))
		var busy *password.BusyError
		require.ErrorAs(t, err, &busy)
		require.Equal(t, time.Second, busy.RetryAfter, "a header cannot say less")
		close(g.open)
		wg.Wait()
	})
}
