package reset_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/reset"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
)

// start is when every test begins.
var start = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// clock does not advance until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: start} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) { c.set(c.now().Add(d)) }

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

var errDown = errors.New("the disk is on fire")

// spy wraps a store, records its calls, and makes the call with the number failAt
// (from 1) fail.
type spy struct {
	reset.Store
	mu     sync.Mutex
	calls  []string
	keys   []string
	writes []store.Write
	failAt int
	after  func()
	// afterHit is after, for what counts.
	afterHit func()
}

func (s *spy) call(format string, args ...any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, fmt.Sprintf(format, args...))
	if len(s.calls) == s.failAt {
		return errDown
	}
	return nil
}

func (s *spy) forget() { s.calls, s.keys, s.writes = nil, nil, nil }

func (s *spy) Hit(ctx context.Context, now time.Time, hits ...store.Hit) ([]store.HitResult, bool, error) {
	what := "Hit"
	for _, h := range hits {
		what += fmt.Sprintf(" %d bytes, %+v", len(h.Key), h.Limit)
	}
	if err := s.call("%s", what); err != nil {
		return nil, false, err
	}
	s.mu.Lock()
	for _, h := range hits {
		s.keys = append(s.keys, h.Key)
	}
	s.mu.Unlock()
	results, passed, err := s.Store.Hit(ctx, now, hits...)
	if s.afterHit != nil {
		s.afterHit()
	}
	return results, passed, err
}

func (s *spy) FindToken(ctx context.Context, d store.Digest, purpose string) (store.Token, error) {
	if err := s.call("FindToken"); err != nil {
		return store.Token{}, err
	}
	t, err := s.Store.FindToken(ctx, d, purpose)
	if s.after != nil {
		s.after()
	}
	return t, err
}

func (s *spy) Commit(ctx context.Context, writes ...store.Write) error {
	if err := s.call("Commit %T", writes); err != nil {
		return err
	}
	s.mu.Lock()
	s.writes = append(s.writes, writes...)
	s.mu.Unlock()
	return s.Store.Commit(ctx, writes...)
}

// fixture is Links over a memory store behind a spy.
type fixture struct {
	*reset.Links
	clock *clock
	spy   *spy
}

// config is a valid configuration over a fresh store.
func config() reset.Config {
	return reset.Config{
		Store:   memstore.New(),
		Purpose: "member-reset",
		Key:     []byte("0123456789abcdef0123456789abcdef"),
	}
}

func setup(t testing.TB, edit ...func(*reset.Config)) *fixture {
	t.Helper()
	cfg := config()
	f := &fixture{clock: newClock()}
	cfg.Now = f.clock.now
	for _, e := range edit {
		e(&cfg)
	}
	f.spy = &spy{Store: cfg.Store}
	cfg.Store = f.spy
	var err error
	f.Links, err = reset.New(cfg)
	require.NoError(t, err)
	return f
}

// makeLink creates and stores a link.
func (f *fixture) makeLink(t testing.TB, subject string) reset.Link {
	t.Helper()
	link, put, err := f.Make(subject, "")
	require.NoError(t, err)
	require.NoError(t, f.spy.Store.Commit(t.Context(), put))
	return link
}

// withPolicy sets one policy for the whole test.
func withPolicy(edit func(*reset.Policy)) func(*reset.Config) {
	p := reset.DefaultPolicy()
	edit(&p)
	return func(cfg *reset.Config) { cfg.Policy = func() reset.Policy { return p } }
}
