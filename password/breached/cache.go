package breached

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// cache keeps the ranges that were used last, for a while.
type cache struct {
	mu     sync.Mutex
	keep   time.Duration
	most   int
	now    func() time.Time
	of     map[string]*list.Element
	recent list.List // of kept, the one used last in front
}

type kept struct {
	prefix  string
	found   []hash
	expires time.Time
}

// newCache returns a cache for ranges. One that keeps nothing is valid.
func newCache(keep time.Duration, most int) *cache {
	if keep == 0 {
		keep = DefaultCacheFor
	}
	if most == 0 {
		most = DefaultCacheRanges
	}
	return &cache{keep: keep, most: most, now: time.Now, of: make(map[string]*list.Element)}
}

func (c *cache) get(prefix string) (found []hash, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.of[prefix]
	if !ok {
		return nil, false
	}
	k := e.Value.(kept)
	if !c.now().Before(k.expires) {
		c.remove(e)
		return nil, false
	}
	c.recent.MoveToFront(e)
	return k.found, true
}

func (c *cache) put(prefix string, found []hash) {
	if c.keep < 0 || c.most < 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.of[prefix]; ok {
		c.remove(e)
	}
	c.of[prefix] = c.recent.PushFront(kept{prefix, found, c.now().Add(c.keep)})
	for len(c.of) > c.most {
		c.remove(c.recent.Back())
	}
}

func (c *cache) remove(e *list.Element) {
	delete(c.of, c.recent.Remove(e).(kept).prefix)
}

// flights are the ranges that are being asked for: those who want the same one wait for one request.
type flights struct {
	mu sync.Mutex
	of map[string]*flight
}

type flight struct {
	done  chan struct{}
	found []hash
	err   error
}

// do returns the range that ask gets, or the error of ctx if that ends first. The request goes on without its caller,
// and its answer is kept.
func (f *flights) do(ctx context.Context, prefix string, ask func(prefix string) ([]hash, error)) ([]hash, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f.mu.Lock()
	one, ok := f.of[prefix]
	if !ok {
		one = &flight{done: make(chan struct{})}
		if f.of == nil {
			f.of = make(map[string]*flight)
		}
		f.of[prefix] = one
		go func() {
			one.found, one.err = ask(prefix)
			f.mu.Lock()
			delete(f.of, prefix)
			f.mu.Unlock()
			close(one.done)
		}()
	}
	f.mu.Unlock()
	select {
	case <-one.done:
		return one.found, one.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
