package password

import "context"

// The operations that Config.Trace hears of.
const (
	TraceWait = "password.wait"
	TraceHash = "password.hash"
)

// Load tells how busy a [Hasher] is, together with those that share its turns; see [Config.Concurrency].
type Load struct {
	// Slots is how many hashes can run at once, and Running how many do.
	Slots, Running int
	// Queue is how many strangers may wait for a turn, and as many reserved callers (see [Caller]). Waiting is how many
	// callers wait, Reserved how many of them are reserved.
	Queue, Waiting, Reserved int
}

// Load returns how busy the hasher is at this moment.
func (h *Hasher) Load() Load {
	q := h.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	reserved := len(q.reserved.waiters)
	return Load{Slots: q.slots, Running: q.running, Queue: q.limit, Waiting: reserved + len(q.strangers.waiters), Reserved: reserved}
}

// turn waits for a slot. If the error is nil, the caller must call done after the hash.
func (h *Hasher) turn(ctx context.Context) (done func(), err error) {
	if h.trace == nil {
		return h.queue.acquire(ctx)
	}
	waiting, waited := h.trace(ctx, TraceWait)
	release, err := h.queue.acquire(waiting)
	if waited != nil {
		waited(err)
	}
	if err != nil {
		return nil, err
	}
	_, hashed := h.trace(ctx, TraceHash)
	return func() {
		release()
		if hashed != nil {
			hashed(nil)
		}
	}, nil
}
