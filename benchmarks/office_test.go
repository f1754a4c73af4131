package benchmarks_test

import (
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
)

const (
	origin = "https://community.example"
	secret = "plum-kettle-orbit-93-sail"
)

// page is what every contender serves.
var page = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })

// office is a set-up office with one guarded page of the host's, in front of
// the page as community.
func office(t testing.TB) (o *backoffice.Office, handler http.Handler) {
	key := make([]byte, 32)
	_, err := rand.Read(key)
	require.NoError(t, err)
	outbox, err := mail.NewOutbox(t.TempDir(), "office@community.example")
	require.NoError(t, err)
	st := memstore.New()
	admin := http.NewServeMux()
	cfg := backoffice.Config{
		Origin: origin, Secret: key, Store: st, Mail: outbox, Handler: admin,
		PasswordHashing: password.Config{Params: password.Params{MemoryKiB: 64, Time: 1, Threads: 1}, InsecureParams: true},
		Permissions:     []backoffice.Permission{{Key: "page.view", Label: "See the page", Group: "Pages"}},
		Log:             slog.New(slog.DiscardHandler),
	}
	_, err = backoffice.New(t.Context(), cfg)
	require.NoError(t, err)
	// Signing in with a password alone keeps the fixture short; the guard does
	// the same work for a session of either kind.
	p, err := st.LoadParameters(t.Context())
	require.NoError(t, err)
	p.Values = map[string]string{"two_factor.who": "recommended"}
	require.NoError(t, st.Commit(t.Context(), store.PutParameters{Parameters: p}))
	o, err = backoffice.New(t.Context(), cfg)
	require.NoError(t, err)
	admin.Handle("GET /page", o.Require("page.view")(page))
	return o, o.Wrap(page)
}

// signIn sets the office up and returns the path of the guarded page and the
// cookie that opens it.
func signIn(t testing.TB, o *backoffice.Office, h http.Handler) (path string, cookie *http.Cookie) {
	base := strings.TrimSuffix(strings.TrimPrefix(o.HomeURL(), origin), "/")
	setup, err := o.SetupURL(t.Context())
	require.NoError(t, err)
	_, token, _ := strings.Cut(setup, "#")
	var cookies []*http.Cookie
	do := func(method, path string, form url.Values) *http.Response {
		r := httptest.NewRequest(method, origin+base+path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", origin)
		for _, c := range cookies {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if set := w.Result().Cookies(); len(set) > 0 {
			cookies = set
		}
		return w.Result()
	}
	field := regexp.MustCompile(`name="csrf" value="([^"]+)"`)
	submit := func(path string, form url.Values) {
		body, err := io.ReadAll(do(http.MethodGet, path, nil).Body)
		require.NoError(t, err)
		form.Set("csrf", field.FindStringSubmatch(string(body))[1])
		require.Equal(t, http.StatusSeeOther, do(http.MethodPost, path, form).StatusCode)
	}
	submit("/setup", url.Values{"token": {token}, "email": {"ada@community.example"}, "name": {"Ada"}, "password": {secret}, "password_again": {secret}})
	submit("/login", url.Values{"login": {"Ada"}, "password": {secret}})
	for _, c := range cookies {
		if c.MaxAge >= 0 {
			return base + "/page", c
		}
	}
	t.Fatal("no session")
	return "", nil
}
