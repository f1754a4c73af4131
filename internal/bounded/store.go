// Package bounded gives every call of a store a deadline, and measures it. An
// office reaches its host's store only through a [Store].
//
// A call may take what is left of the [Budget] of its context. Without one, as
// outside requests, it may take the timeout of the store. Its context then ends,
// and a store that fulfils the contract returns: the error is a
// store.ErrUnavailable. If the caller left, the error is context.Canceled.
package bounded

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/postern-go/postern/internal/measure"
	"github.com/postern-go/postern/store"
)

// Tracer is called before an operation, with its name. It returns the context of
// the operation, and a function that is called after it, or nil.
type Tracer func(ctx context.Context, operation string) (context.Context, func(error))

// Store bounds, measures and traces the calls of another store. All methods may be
// called concurrently.
type Store struct {
	// inner is not embedded, so that a method which the contract gains later does
	// not compile until it is bounded.
	inner   store.Store
	timeout time.Duration
	trace   Tracer
	calls   []counted // by operation
	// refused is when, by now, a write was last refused because the database is
	// read-only; 0 if a commit has succeeded since.
	refused atomic.Int64
}

// counted is what is known about the calls of an operation.
type counted struct {
	results [results]atomic.Uint64
	latency measure.Histogram
}

// New returns a store whose calls take at most timeout. trace may be nil.
func New(inner store.Store, timeout time.Duration, trace Tracer) *Store {
	return &Store{inner: inner, timeout: timeout, trace: trace, calls: make([]counted, len(names))}
}

// result is how a call ended.
type result int

const (
	succeeded result = iota
	refused
	cancelled
	unavailable
	failed
	results
)

// Operation is what is known about the calls of one method of the store.
type Operation struct {
	// Name is that of the method.
	Name string
	// Succeeded counts calls without an error, Refused those that found nothing or
	// whose precondition failed, Cancelled those whose caller left, Unavailable
	// those that failed because the store was busy or down, and Failed the rest.
	Succeeded, Refused, Cancelled, Unavailable, Failed uint64
	Latency                                            measure.Snapshot
}

// Operations returns what is known about each method that was called.
func (s *Store) Operations() []Operation {
	var all []Operation
	for i := range s.calls {
		c := &s.calls[i]
		o := Operation{
			Name: strings.TrimPrefix(names[i], prefix), Succeeded: c.results[succeeded].Load(), Refused: c.results[refused].Load(), Cancelled: c.results[cancelled].Load(),
			Unavailable: c.results[unavailable].Load(), Failed: c.results[failed].Load(),
		}
		if o.Succeeded+o.Refused+o.Cancelled+o.Unavailable+o.Failed > 0 {
			o.Latency = c.latency.Snapshot()
			all = append(all, o)
		}
	}
	return all
}

// refusedFor is how long a refused write counts as a sign that the database is
// read-only: perhaps no one has tried again since.
const refusedFor = time.Minute

// ReadOnly reports whether the store has lately refused a write because the database
// is read-only or full, and taken none since.
func (s *Store) ReadOnly() bool {
	at := time.Duration(s.refused.Load())
	return at != 0 && now()-at < refusedFor
}

// start is when the program began. A duration since then is cheaper to take than
// a time, and no change of the machine's clock affects it.
var start = time.Now()

func now() time.Duration { return time.Since(start) }

// call is one call, and its context. It starts a timer only if someone waits for
// Done: a store in memory, which only asks for Err, does not pay for one.
type call struct {
	context.Context // the caller's, or the tracer's

	store        *Store
	operation    operation
	began, until time.Duration
	budget       *Budget
	traced       func(error)
	timed        atomic.Pointer[timed]
}

// timed is a context with a timer.
type timed struct {
	context.Context
	cancel context.CancelFunc
}

func (s *Store) begin(ctx context.Context, o operation) *call {
	c := &call{Context: ctx, store: s, operation: o}
	c.budget, _ = ctx.Value(Key{}).(*Budget)
	if s.trace != nil {
		c.Context, c.traced = s.trace(ctx, names[o])
	}
	c.began = now()
	c.until = c.began + c.budget.left(s.timeout, c.began)
	return c
}

// Done implements [context.Context].
func (c *call) Done() <-chan struct{} {
	t := c.timed.Load()
	if t == nil {
		ctx, cancel := context.WithTimeout(c.Context, c.until-now())
		t = &timed{ctx, cancel}
		if !c.timed.CompareAndSwap(nil, t) {
			cancel()
			t = c.timed.Load()
		}
	}
	return t.Done()
}

// Err implements [context.Context].
func (c *call) Err() error {
	if t := c.timed.Load(); t != nil {
		return t.Err()
	}
	if err := c.Context.Err(); err != nil {
		return err
	}
	if now() >= c.until {
		return context.DeadlineExceeded
	}
	return nil
}

// Deadline implements [context.Context].
func (c *call) Deadline() (time.Time, bool) {
	at := time.Now().Add(c.until - now())
	if callers, ok := c.Context.Deadline(); ok && callers.Before(at) {
		return callers, true
	}
	return at, true
}

// Value implements [context.Context]. It asks the context with the timer, so that
// contexts derived from this one need no goroutine to end with it.
func (c *call) Value(key any) any {
	if t := c.timed.Load(); t != nil {
		return t.Value(key)
	}
	return c.Context.Value(key)
}

// end counts the call by its result, and adds to its error what the caller needs
// to know.
func (c *call) end(err *error) {
	ended := now()
	took := ended - c.began
	if t := c.timed.Load(); t != nil {
		t.cancel()
	}
	c.budget.spend(c.began, ended)
	r := succeeded
	if *err != nil {
		r, *err = c.judge(*err, ended)
	}
	if c.operation == opCommit && r == succeeded && c.store.refused.Load() != 0 {
		c.store.refused.Store(0)
	}
	if r == unavailable && errors.Is(*err, store.ErrReadOnly) {
		c.store.refused.Store(int64(ended))
	}
	counted := &c.store.calls[c.operation]
	counted.results[r].Add(1)
	counted.latency.Observe(took)
	if c.traced != nil {
		c.traced(*err)
	}
}

// judge tells what an error means. If the context has ended, drivers each have
// their own error for it: "interrupted", a broken connection, a deadline.
func (c *call) judge(err error, ended time.Duration) (result, error) {
	if store.IsAnswer(err) {
		return refused, err
	}
	left := c.Context.Err()
	switch {
	case errors.Is(left, context.Canceled):
		if !errors.Is(err, context.Canceled) {
			err = fmt.Errorf("%w: %w", context.Canceled, err)
		}
		return cancelled, err
	case errors.Is(err, store.ErrUnavailable):
		return unavailable, err
	case left != nil || ended >= c.until || errors.Is(err, context.DeadlineExceeded):
		return unavailable, fmt.Errorf("%w: no answer in %v: %w", store.ErrUnavailable, (ended - c.began).Round(time.Millisecond), err)
	}
	return failed, err
}
