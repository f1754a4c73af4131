package faultstore

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/postern-go/postern/store"
)

var _ store.Store = (*Store)(nil)

// Store hands every call on to another store, unless it was told to fail. All
// methods may be called concurrently.
type Store struct {
	// inner is not embedded, so that a method which the contract gains later
	// cannot slip past the faults.
	inner store.Store

	mu      sync.Mutex
	calls   []string
	before  map[int]error
	after   map[int]error
	methods map[string]error
	// around is called with the number of each call before and after it.
	around func(n int, done bool)
}

// Wrap returns a store that fails nowhere yet.
func Wrap(st store.Store) *Store {
	s := &Store{inner: st}
	s.Reset()
	return s
}

// Around has f called before each call, and after each that succeeded, with the
// number of the call since the last Reset: to break off there, by a panic or by
// the end of the process. nil ends that.
func (s *Store) Around(f func(n int, done bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.around = f
}

// Reset forgets the calls and the faults; counting starts anew.
func (s *Store) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = nil
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

// Calls lists the calls since the last Reset by method, those that failed
// included. A commit is listed with its writes:
// "Commit(ConsumeToken, PutOperator)".
func (s *Store) Calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// begin notes a call, and says which number it has and whether it must fail
// before or after it happens.
func (s *Store) begin(method string, writes ...store.Write) (n int, around func(int, bool), before, after error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := []string{method}
	for _, w := range writes {
		names = append(names, strings.TrimPrefix(fmt.Sprintf("%T", w), "store."))
	}
	title := method
	if len(writes) > 0 {
		title += "(" + strings.Join(names[1:], ", ") + ")"
	}
	s.calls = append(s.calls, title)
	before, after = s.before[len(s.calls)], s.after[len(s.calls)]
	for _, name := range names {
		if err := s.methods[name]; err != nil {
			before = err
		}
	}
	around = s.around
	if around == nil {
		around = func(int, bool) {}
	}
	return len(s.calls), around, wrap(title, before), wrap(title, after)
}

func wrap(call string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("faultstore: %s: %w", call, err)
}

// find makes a call that returns a value.
func find[T any](s *Store, method string, call func() (T, error)) (T, error) {
	var found T
	err := s.do(method, nil, func() (err error) {
		found, err = call()
		return err
	})
	if err != nil {
		var none T
		return none, err
	}
	return found, nil
}

// do makes a call that returns nothing but an error.
func (s *Store) do(method string, writes []store.Write, call func() error) error {
	n, around, before, after := s.begin(method, writes...)
	if before != nil {
		return before
	}
	around(n, false)
	if err := call(); err != nil {
		return err
	}
	around(n, true)
	return after
}
