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
// What was spent returns slowly, so that a request that lives for hours, such as a
// stream of a host, can ask now and then.
type Budget struct {
	// each is how long every call may take, whatever the others took, if it is set.
	each time.Duration
	// whole is the reading of now at which all of the budget has returned, or 0 if
	// nothing was spent.
	whole atomic.Int64
}

// regain is how many seconds it takes until a second that was spent has returned.
const regain = 10

// Each returns a context without a budget: every call under it may take d, or, if d
// is 0, the timeout of the store. It is for long work of many calls: an export, the
// periodic work.
func Each(ctx context.Context, d time.Duration) context.Context {
	if d == 0 {
		return context.WithValue(ctx, Key{}, (*Budget)(nil))
	}
	return context.WithValue(ctx, Key{}, &Budget{each: d})
}

// left is how long a call may take that begins now. timeout is that of the store.
func (b *Budget) left(timeout, now time.Duration) time.Duration {
	switch {
	case b == nil:
		return timeout
	case b.each > 0:
		return b.each
	}
	return timeout - owed(time.Duration(b.whole.Load()), now)/regain
}

// owed is how long it is until all of the budget has returned.
func owed(whole, now time.Duration) time.Duration {
	if whole == 0 {
		return 0
	}
	return max(0, whole-now)
}

// spend notes a call. Nothing returns while it runs.
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
