package testoffice

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/postern-go/postern/store"
)

var _ store.Store = (*Store)(nil)

// ErrDown is what tests make a store fail with.
var ErrDown = fmt.Errorf("%w: as a test wants it", store.ErrUnavailable)

// Store passes every call on to another store, and makes it go wrong on request:
// a call fails before or after it happened, or something else happens around it.
// It also refuses what the contract lets a store refuse; see [ErrRefused]. All
// methods may be called concurrently.
//
//	for n := 1; ; n++ {
//		o := testoffice.New(t)
//		... bring about the situation ...
//		o.Store.Reset()
//		o.Store.FailAt(n, testoffice.ErrDown)
//		... do what is tested ...
//		if len(o.Store.Calls()) < n {
//			break // it needs no more calls than that
//		}
//		... look at what is left ...
//	}
type Store struct {
	// inner is not embedded, so that a method which the contract gains later
	// cannot slip past the faults.
	inner store.Store

	mu      sync.Mutex
	calls   []string
	before  map[int]error
	after   map[int]error
	methods map[string]error
	hooks   []*hook
	around  func(n int, done bool)
	inside  func()
}

// hook is something that happens once, before or after the nth call with a name.
type hook struct {
	name  string
	n     int
	after bool
	f     func()
}

// Wrap returns a store over another one that goes wrong nowhere yet.
func Wrap(st store.Store) *Store {
	s := &Store{inner: st}
	s.Reset()
	return s
}

// Reset forgets the calls and everything that was to go wrong; counting starts
// anew.
func (s *Store) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls, s.hooks, s.around, s.inside = nil, nil, nil, nil
	s.before, s.after, s.methods = map[int]error{}, map[int]error{}, map[string]error{}
}

// FailAt makes the nth call since the last Reset fail with an error that wraps
// err; 1 is the first. Nothing of the call happens.
func (s *Store) FailAt(n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before[n] = err
}

// FailAfter makes the nth call happen and then fail with an error that wraps
// err, so that its outcome is unknown to the caller. A call that fails by
// itself keeps its own error.
func (s *Store) FailAfter(n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.after[n] = err
}

// FailMethod makes every call of a method fail with an error that wraps err,
// before anything of it happens; a nil err makes it work again. The name may
// also be that of a write, e.g. "AppendEvent": then every commit fails that
// holds one.
func (s *Store) FailMethod(name string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.methods[name] = err
}

// Before has f called once, right before the next call of a method, or commit
// that holds a write, of that name: after everything was checked, something
// else happens.
func (s *Store) Before(name string, f func()) { s.once(&hook{name, 1, false, f}) }

// After has f called once, right after the nth call from now on of a method, or
// commit that holds a write, of that name, however it ended.
func (s *Store) After(name string, n int, f func()) { s.once(&hook{name, n, true, f}) }

func (s *Store) once(h *hook) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks = append(s.hooks, h)
}

// Around has f called before each call, and after each that succeeded, with the
// number of the call since the last Reset: to break off there, by a panic or by
// the end of the process.
func (s *Store) Around(f func(n int, done bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.around = f
}

// Inside has f called in the middle of each commit that appends to the audit log.
func (s *Store) Inside(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inside = f
}

// Calls lists the calls since the last Reset by method, those that failed
// included. A commit is listed with its writes:
// "Commit(ConsumeToken, PutOperator)".
func (s *Store) Calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// call is one call as it was planned when it began.
type call struct {
	n             int
	before, after error
	around        func(n int, done bool)
	start, end    []func() // the hooks that are due
}

// begin notes a call, and says what is to go wrong with it.
func (s *Store) begin(method string, writes []store.Write) call {
	s.mu.Lock()
	defer s.mu.Unlock()
	names, title := []string{method}, method
	for _, w := range writes {
		names = append(names, strings.TrimPrefix(fmt.Sprintf("%T", w), "store."))
	}
	if len(writes) > 0 {
		title += "(" + strings.Join(names[1:], ", ") + ")"
	}
	s.calls = append(s.calls, title)
	c := call{n: len(s.calls), around: s.around}
	c.before, c.after = s.before[c.n], s.after[c.n]
	for _, name := range names {
		if err := s.methods[name]; err != nil {
			c.before = err
		}
	}
	s.hooks = slices.DeleteFunc(s.hooks, func(h *hook) bool {
		if !slices.Contains(names, h.name) {
			return false
		}
		if h.n--; h.n > 0 {
			return false
		}
		if h.after {
			c.end = append(c.end, h.f)
		} else {
			c.start = append(c.start, h.f)
		}
		return true
	})
	c.before, c.after = wrap(title, c.before), wrap(title, c.after)
	return c
}

func wrap(call string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("test store: %s: %w", call, err)
}

// find makes a call that returns a value. asked holds the text that it asks
// with.
func find[T any](s *Store, method string, asked any, f func() (T, error)) (T, error) {
	var found T
	err := s.do(method, nil, func() (err error) {
		if err = checkKeys(asked); err == nil {
			found, err = f()
		}
		return err
	})
	if err != nil {
		var none T
		return none, err
	}
	return found, nil
}

// do makes a call that returns nothing but an error.
func (s *Store) do(method string, writes []store.Write, f func() error) error {
	c := s.begin(method, writes)
	if c.before != nil {
		return c.before
	}
	for _, happen := range c.start {
		happen()
	}
	if c.around != nil {
		c.around(c.n, false)
	}
	err := f()
	for _, happen := range c.end {
		happen()
	}
	if err != nil {
		return err
	}
	if c.around != nil {
		c.around(c.n, true)
	}
	return c.after
}

// interrupted are the writes, with a function called in the middle of them.
func (s *Store) interrupted(writes []store.Write) []store.Write {
	s.mu.Lock()
	inside := s.inside
	s.mu.Unlock()
	if inside == nil {
		return writes
	}
	writes = slices.Clone(writes)
	for i, w := range writes {
		if w, ok := w.(store.AppendEvent); ok && w.MAC != nil {
			compute := w.MAC
			w.MAC = func(before store.AuditEnds, e store.Event) (mac, seal []byte, err error) {
				inside()
				return compute(before, e)
			}
			writes[i] = w
		}
	}
	return writes
}
