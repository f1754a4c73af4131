package bounded

import (
	"context"
	"sync/atomic"
	"time"
)

// Key is where a context keeps its [*Budget].
type Key struct{}

// Budget is the store time of one request: all calls under a context that has it
// may together take as long as the timeout of the store. The zero value is unspent.
// It is safe for concurrent use.
//
// Time that was spent is regained slowly, so that a request that lives for hours,
// such as a host's stream, can still use the store from time to time.
type Budget struct {
	// each, if set, is how long every call may take, however long the others took.
	each time.Duration
	// whole is when, by now, all of the budget will be regained; 0 if nothing was
	// spent.
	whole atomic.Int64
}

// regain is how many seconds it takes to regain one that was spent.
const regain = 10

// Each returns a context without a budget, for long work of many calls, such as
// an export: every call may take d, or the timeout of the store if d is 0.
func Each(ctx context.Context, d time.Duration) context.Context {
	if d == 0 {
		return context.WithValue(ctx, Key{}, (*Budget)(nil))
	}
	return context.WithValue(ctx, Key{}, &Budget{each: d})
}

// left returns how long a call that begins now may take. timeout is that of the
// store.
func (b *Budget) left(timeout, now time.Duration) time.Duration {
	switch {
	case b == nil:
		return timeout
	case b.each > 0:
		return b.each
	}
	return timeout - owed(time.Duration(b.whole.Load()), now)/regain
}

// owed returns how long it takes until all of the budget is regained.
func owed(whole, now time.Duration) time.Duration {
	if whole == 0 {
		return 0
	}
	return max(0, whole-now)
}

// spend takes a call off the budget. Nothing is regained while the call runs.
func (b *Budget) spend(began, ended time.Duration) {
	if b == nil || b.each > 0 {
		return
	}
	for {
		whole := b.whole.Load()
		owed := owed(time.Duration(whole), began) + regain*(ended-began)
		if b.whole.CompareAndSwap(whole, int64(ended+owed)) {
			return
		}
	}
}
