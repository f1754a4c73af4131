package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"time"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
)

// speed is how much can be done in a second.
type speed struct {
	// OneWriter and Writers are entries appended to one audit log, Apart those to as many
	// audit logs as there are writers, each a commit.
	OneWriter, Writers, Apart float64
	// Guarded are requests behind the guard, with as many at once as there are connections,
	// which take GuardOffice and GuardServer microseconds of a core each.
	Guarded, GuardOffice, GuardServer float64
}

// writers append at once.
const writers = 8

func (m *meter) speeds(ctx context.Context, lasts time.Duration) (s speed, err error) {
	db, _, err := m.open(ctx, "speed", writers)
	if err != nil {
		return s, err
	}
	defer func() { _ = db.Close() }()
	var stores []*sqlstore.Store
	for i := range writers {
		st, err := m.store(ctx, db, fmt.Sprintf("chain%c_", 'a'+i))
		if err != nil {
			return s, err
		}
		stores = append(stores, st)
	}
	if s.OneWriter, err = appends(ctx, stores[:1], 1, lasts); err != nil {
		return s, err
	}
	if s.Writers, err = appends(ctx, stores[:1], writers, lasts); err != nil {
		return s, err
	}
	if s.Apart, err = appends(ctx, stores, writers, lasts); err != nil {
		return s, err
	}
	return s, m.guarded(ctx, lasts, &s)
}

// appends returns how many entries a second some writers append to the audit logs of
// some stores.
func appends(ctx context.Context, stores []*sqlstore.Store, writers int, lasts time.Duration) (float64, error) {
	var n atomic.Int64
	began := time.Now()
	err := together(writers, func(i int) error {
		for time.Since(began) < lasts {
			e := store.Event{
				ID: fmt.Sprintf("%x-%d", began.UnixNano(), n.Add(1)), At: time.Now(), Code: watered, Outcome: "success",
				ActorID: "0123456789abcdef", ActorName: "Ada Lovelace", IP: "192.0.2.7", Route: "GET /water",
			}
			sealed := func(store.AuditEnds, store.Event) (mac, seal []byte, err error) {
				return make([]byte, 32), make([]byte, 64), nil
			}
			if err := stores[i%len(stores)].Commit(ctx, store.AppendEvent{Event: e, MAC: sealed}); err != nil {
				return err
			}
		}
		return nil
	})
	return float64(n.Load()) / time.Since(began).Seconds(), err
}

// together does the same at once, each with its number.
func together(times int, do func(i int) error) error {
	failed := make(chan error, times)
	var all sync.WaitGroup
	for i := range times {
		all.Go(func() { failed <- do(i) })
	}
	all.Wait()
	close(failed)
	for err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}

// guarded measures the guard, without a browser in between.
func (m *meter) guarded(ctx context.Context, lasts time.Duration, s *speed) error {
	before, err := m.work(ctx, m.plain)
	if err != nil {
		return err
	}
	var n atomic.Int64
	began := time.Now()
	err = together(poolSize, func(i int) error {
		r, err := m.office.people[i].Request(http.MethodGet, "/page", nil)
		if err != nil {
			return err
		}
		in := httptest.NewRequestWithContext(ctx, r.Method, r.URL.String(), nil)
		in.Header = r.Header
		for time.Since(began) < lasts {
			w := httptest.NewRecorder()
			m.office.handler.ServeHTTP(w, in)
			if w.Code != http.StatusOK {
				return fmt.Errorf("GET /page: status %d", w.Code)
			}
			n.Add(1)
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.Guarded = float64(n.Load()) / time.Since(began).Seconds()
	after, err := m.work(ctx, m.plain)
	each := func(d time.Duration) float64 { return micros(d) / float64(n.Load()) }
	s.GuardOffice, s.GuardServer = each(after.office-before.office), each(after.server-before.server)
	return err
}
