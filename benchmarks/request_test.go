package benchmarks_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/alexedwards/scs/v2"
	"github.com/gorilla/sessions"
	"github.com/stretchr/testify/require"
)

// discard is a response that keeps nothing, so that what is measured is the
// handler.
type discard struct{ header http.Header }

func (d discard) Header() http.Header       { return d.header }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}

func serve(b *testing.B, h http.Handler, r *http.Request) {
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(discard{make(http.Header)}, r)
	}
}

// nothing is a handler and an answer that cost nothing.
type nothing struct{}

func (nothing) ServeHTTP(http.ResponseWriter, *http.Request) {}
func (nothing) Header() http.Header                          { return nil }
func (nothing) Write(b []byte) (int, error)                  { return len(b), nil }
func (nothing) WriteHeader(int)                              {}

// BenchmarkCommunity is a request that is not for the office: what everybody
// pays. The floor is a community that does nothing, behind a handler of its own.
// A path whose first segment is as long as the alias is compared byte by byte.
func BenchmarkCommunity(b *testing.B) {
	pass := func(h http.Handler, path string) func(*testing.B) {
		return func(b *testing.B) {
			r := httptest.NewRequest(http.MethodGet, origin+path, nil)
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(nothing{}, r)
			}
		}
	}
	o, _ := office(b)
	h := o.Wrap(nothing{})
	b.Run("floor", pass(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { nothing{}.ServeHTTP(w, r) }), "/forum/threads/42"))
	b.Run("postern", pass(h, "/forum/threads/42"))
	alias := strings.Trim(strings.TrimPrefix(o.HomeURL(), origin), "/")
	b.Run("postern as long as the alias", pass(h, "/"+strings.Repeat("x", len(alias))+"/42"))
}

// BenchmarkGuarded is a request to a page behind a session. Postern also loads
// operator, roles and parameters, checks the permission and sets the headers of
// the office; the others load a session and read one value from it.
func BenchmarkGuarded(b *testing.B) {
	b.Run("floor", func(b *testing.B) {
		serve(b, page, httptest.NewRequest(http.MethodGet, origin+"/page", nil))
	})
	b.Run("postern", func(b *testing.B) {
		o, h := office(b)
		path, cookie := signIn(b, o, h)
		r := httptest.NewRequest(http.MethodGet, origin+path, nil)
		r.AddCookie(cookie)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		require.Equal(b, "hello", w.Body.String())
		serve(b, h, r)
	})
	b.Run("scs", func(b *testing.B) {
		m := scs.New()
		h := m.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if m.GetString(r.Context(), "user") == "" {
				http.NotFound(w, r)
				return
			}
			page(w, r)
		}))
		in := m.LoadAndSave(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { m.Put(r.Context(), "user", "ada") }))
		w := httptest.NewRecorder()
		in.ServeHTTP(w, httptest.NewRequest(http.MethodGet, origin+"/", nil))
		r := httptest.NewRequest(http.MethodGet, origin+"/page", nil)
		r.AddCookie(w.Result().Cookies()[0])
		serve(b, h, r)
	})
	b.Run("gorilla", func(b *testing.B) {
		st := sessions.NewCookieStore([]byte("0123456789abcdef0123456789abcdef"))
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, origin+"/page", nil)
		s, err := st.Get(r, "s")
		require.NoError(b, err)
		s.Values["user"] = "ada"
		require.NoError(b, s.Save(r, w))
		r = httptest.NewRequest(http.MethodGet, origin+"/page", nil)
		r.AddCookie(w.Result().Cookies()[0])
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			// The registry caches in the request's context; a fresh request each
			// time is what a server sees.
			r = r.WithContext(b.Context())
			s, err := st.Get(r, "s")
			if err != nil || s.Values["user"] == nil {
				http.NotFound(w, r)
				return
			}
			page(w, r)
		})
		serve(b, h, r)
	})
}
