package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/alexedwards/scs/v2"
	"github.com/gorilla/sessions"

	"github.com/postern-go/postern/store/memstore"
)

// discard is a response that keeps nothing, so that only the handler is measured.
type discard struct{ header http.Header }

func (d discard) Header() http.Header       { return d.header }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}

// serving measures a handler. Each response has a header of its own, as in a server.
func serving(h http.Handler, r *http.Request) func(*testing.B) {
	return func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			h.ServeHTTP(discard{make(http.Header)}, r)
		}
	}
}

// passing measures a handler that needs no header.
func passing(h http.Handler, path string) func(*testing.B) {
	return func(b *testing.B) {
		r, w := httptest.NewRequest(http.MethodGet, path, nil), discard{}
		b.ReportAllocs()
		for b.Loop() {
			h.ServeHTTP(w, r)
		}
	}
}

// guarded returns a request for the host's page with Ada's session. Its context can
// be cancelled, as in a server.
func (o *office) guarded(ctx context.Context) (*http.Request, error) {
	r, err := o.ada.Request(http.MethodGet, "/page", nil)
	if err != nil {
		return nil, err
	}
	in := httptest.NewRequestWithContext(ctx, http.MethodGet, r.URL.String(), nil)
	in.Header = r.Header
	return in, nil
}

// passThrough compares the community behind the office with the community alone. A
// first segment with the length of the alias costs the most.
func passThrough(ctx context.Context, b *bench) (measurement, error) {
	o, err := b.openOffice(ctx, memstore.New())
	if err != nil {
		return measurement{}, err
	}
	alias := strings.Trim(strings.TrimPrefix(o.HomeURL(), origin), "/")
	const usual = "/members/ada?tab=posts"
	alike := "/" + strings.Repeat("x", len(alias)) + "/ada"
	ns, allocations, err := inTurns(ctx, passing(nothing, usual), passing(o.handler, usual), passing(o.handler, alike))
	if err != nil {
		return measurement{}, err
	}
	added := func(i int) float64 {
		diff := make([]float64, rounds)
		for round := range diff {
			diff[round] = ns[i][round] - ns[0][round]
		}
		return median(diff)
	}
	worst, extra := max(added(1), added(2)), max(allocations[1], allocations[2])-allocations[0]
	return measurement{
		got: fmt.Sprintf("+%.1f ns, %d allocations", worst, extra),
		met: worst < wantedPassThrough && extra == 0,
		beside: []string{
			fmt.Sprintf("usual path +%.1f ns, first segment as long as the alias +%.1f ns, the handler alone %.1f ns", added(1), added(2), median(ns[0])),
		},
	}, nil
}

// guardInMemory compares a page behind the office with one behind a session of scs
// and of gorilla, from which one value is read.
func guardInMemory(ctx context.Context, b *bench) (measurement, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	o, err := b.openOffice(ctx, memstore.New())
	if err != nil {
		return measurement{}, err
	}
	r, err := o.guarded(ctx)
	if err != nil {
		return measurement{}, err
	}
	cookie, err := gorilla(ctx)
	if err != nil {
		return measurement{}, err
	}
	ns, allocations, err := inTurns(ctx, serving(o.handler, r), scsSession(ctx, scs.New()), cookie)
	if err != nil {
		return measurement{}, err
	}
	times := min(ratio(ns[1], ns[0]), ratio(ns[2], ns[0]))
	b.bars.memory = []bar{{"Postern", median(ns[0]) / 1000, true}, {"scs", median(ns[1]) / 1000, false}, {"gorilla/sessions", median(ns[2]) / 1000, false}}
	return measurement{
		got:    fmt.Sprintf("%.1f times faster, %d allocations", times, allocations[0]),
		met:    times >= wantedGuardTimes && allocations[0] <= wantedGuardAllocations,
		beside: []string{fmt.Sprintf("Postern %s, scs %s and %d allocations, gorilla %s and %d allocations", micro(ns[0]), micro(ns[1]), allocations[1], micro(ns[2]), allocations[2])},
	}, nil
}

// scsSession measures a page behind a session of scs.
func scsSession(ctx context.Context, m *scs.SessionManager) func(*testing.B) {
	in := m.LoadAndSave(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { m.Put(r.Context(), "user", "ada") }))
	w := httptest.NewRecorder()
	in.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, origin+"/", nil))
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, origin+"/page", nil)
	for _, c := range w.Result().Cookies() {
		r.AddCookie(c)
	}
	page := m.LoadAndSave(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if m.GetString(r.Context(), "user") != "ada" {
			panic("scs does not know the session")
		}
	}))
	return serving(page, r)
}

// gorilla measures a page behind a session of gorilla in a cookie.
func gorilla(ctx context.Context) (func(*testing.B), error) {
	st := sessions.NewCookieStore([]byte("0123456789abcdef0123456789abcdef"))
	r, w := httptest.NewRequestWithContext(ctx, http.MethodGet, origin+"/page", nil), httptest.NewRecorder()
	s, err := st.Get(r, "s")
	if err != nil {
		return nil, err
	}
	s.Values["user"] = "ada"
	if err := s.Save(r, w); err != nil {
		return nil, err
	}
	r = httptest.NewRequestWithContext(ctx, http.MethodGet, origin+"/page", nil)
	r.AddCookie(w.Result().Cookies()[0])
	page := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		// The registry caches in the context of the request; a fresh one each time is
		// what a server sees.
		s, err := st.Get(r.WithContext(ctx), "s")
		if err != nil || s.Values["user"] != "ada" {
			panic("gorilla does not know the session")
		}
	})
	return serving(page, r), nil
}
