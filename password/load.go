package password

import "context"

// The operations that Config.Trace hears of.
const (
	TraceWait = "password.wait"
	TraceHash = "password.hash"
)

// Load tells how busy a [Hasher] is.
type Load struct {
	// Slots is how many hashes can run at once, and Running how many do.
	Slots, Running int
	// Queue is how many callers may wait for a turn, and Waiting how many do.
	Queue, Waiting int
}

// Load returns how busy the hasher is at this moment.
func (h *Hasher) Load() Load {
	q := h.queue
	// A caller that is turned away is counted for an instant.
	waiting := min(q.waiting.Load(), q.limit)
	return Load{Slots: cap(q.slots), Running: len(q.slots), Queue: int(q.limit), Waiting: int(waiting)}
}

// turn waits for a slot. If the error is nil, the caller must call done after the hash.
func (h *Hasher) turn(ctx context.Context) (done func(), err error) {
	if h.trace == nil {
		return h.queue.release, h.queue.acquire(ctx)
	}
	waiting, waited := h.trace(ctx, TraceWait)
	err = h.queue.acquire(waiting)
	if waited != nil {
		waited(err)
	}
	if err != nil {
		return nil, err
	}
	_, hashed := h.trace(ctx, TraceHash)
	return func() {
		h.queue.release()
		if hashed != nil {
			hashed(nil)
		}
	}, nil
}
