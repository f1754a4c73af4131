package backoffice_test

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// stuck is a store in which calls of one method wait until their context ends.
type stuck struct {
	store.Store
	method string
	// entered says that a call waits, left with what it ended.
	entered chan struct{}
	left    chan error
	// over ends what a failed test left waiting.
	over context.Context
	end  context.CancelFunc
}

func stick(t *testing.T, c *backoffice.Config) *stuck {
	s := &stuck{Store: c.Store, entered: make(chan struct{}, 100), left: make(chan error, 100)}
	s.over, s.end = context.WithCancel(ctx)
	t.Cleanup(s.end)
	c.Store = s
	return s
}

func (s *stuck) wait(ctx context.Context, method string) error {
	if s.method != method {
		return nil
	}
	s.entered <- struct{}{}
	select {
	case <-ctx.Done():
	case <-s.over.Done():
	}
	s.left <- ctx.Err()
	return errDown
}

func (s *stuck) FindSession(ctx context.Context, d store.Digest) (store.SessionView, error) {
	if err := s.wait(ctx, "FindSession"); err != nil {
		return store.SessionView{}, err
	}
	return s.Store.FindSession(ctx, d)
}

func (s *stuck) ParametersRevision(ctx context.Context) (store.Reading, error) {
	if err := s.wait(ctx, "ParametersRevision"); err != nil {
		return store.Reading{}, err
	}
	return s.Store.ParametersRevision(ctx)
}

func (s *stuck) LoadParameters(ctx context.Context) (store.Parameters, error) {
	if err := s.wait(ctx, "LoadParameters"); err != nil {
		return store.Parameters{}, err
	}
	return s.Store.LoadParameters(ctx)
}

func (s *stuck) Commit(ctx context.Context, writes ...store.Write) error {
	if err := s.wait(ctx, "Commit"); err != nil {
		return err
	}
	return s.Store.Commit(ctx, writes...)
}

// receive fails the test instead of waiting for ever.
func receive[T any](t *testing.T, what string, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(10 * time.Second):
		t.Fatal("waited too long for " + what)
	}
	return v
}

func TestAClientThatLeavesWaitsForNoStore(t *testing.T) {
	var st *stuck
	o := newOffice(t, func(c *backoffice.Config) { st = stick(t, c) })
	o.Inside.HandleFunc("/wipe", func(http.ResponseWriter, *http.Request) {})
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	token := url.Values{"csrf": {ada.Get("/account").Form("/logout").Get("csrf")}, "name": {"Ada King"}}
	done := make(chan struct{}, 100)
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.Server.Config.Handler.ServeHTTP(w, r)
		done <- struct{}{}
	}))
	defer srv.Close()
	defer st.end()
	for name, c := range map[string]struct {
		method, path string
		body         func() io.Reader
		// at is the call that waits.
		at string
	}{
		"a page":                      {http.MethodGet, "/account", nil, "FindSession"},
		"a page with a body":          {http.MethodGet, "/account", func() io.Reader { return strings.NewReader("x=y") }, "FindSession"},
		"a form":                      {http.MethodPost, "/account/name", func() io.Reader { return strings.NewReader(token.Encode()) }, "FindSession"},
		"a form of unknown length":    {http.MethodPost, "/account/name", func() io.Reader { return io.MultiReader(strings.NewReader(token.Encode())) }, "FindSession"},
		"a form that is being stored": {http.MethodPost, "/account/name", func() io.Reader { return strings.NewReader(token.Encode()) }, "Commit"},
		"a form of someone else":      {http.MethodPost, "/login", func() io.Reader { return strings.NewReader("login=a") }, "ParametersRevision"},
		"a form for the host":         {http.MethodPost, "/wipe", func() io.Reader { return strings.NewReader(token.Encode()) }, "FindSession"},
	} {
		t.Run(name, func(t *testing.T) {
			var body io.Reader
			if c.body != nil {
				body = c.body()
			}
			r := ada.Request(c.method, c.path, body)
			r.Header.Set("User-Agent", ada.Agent)
			if c.at != "ParametersRevision" {
				r.AddCookie(&http.Cookie{Name: o.Named(sessionCookie), Value: ada.Cookie(sessionCookie)})
			}
			o.Log.Reset()
			st.method = c.at
			conn, err := tls.Dial("tcp", srv.Listener.Addr().String(), &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // a test's own server
			require.NoError(t, err)
			require.NoError(t, r.Write(conn))
			receive(t, "the store to be asked", st.entered)
			require.NoError(t, conn.Close())
			require.ErrorIs(t, receive(t, "the call to end", st.left), context.Canceled)
			receive(t, "the request to end", done)
			st.method = ""
			require.NotContains(t, o.Log.String(), `"level":"ERROR"`, "that is nobody's fault")
		})
	}
}

func TestTheCommunityNeverWaitsForTheOffice(t *testing.T) {
	var st *stuck
	o := newOffice(t, func(c *backoffice.Config) { st = stick(t, c) })
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	ask := func(ctx context.Context, target string) <-chan string {
		whose := make(chan string, 1)
		go func() {
			w := httptest.NewRecorder()
			r := httptest.NewRequest(http.MethodGet, target, nil).WithContext(ctx)
			r.TLS = &tls.ConnectionState{}
			r.Header.Set("User-Agent", ada.Agent)
			r.AddCookie(&http.Cookie{Name: o.Named(sessionCookie), Value: ada.Cookie(sessionCookie)})
			o.Server.Config.Handler.ServeHTTP(w, r)
			whose <- w.Header().Get("X-Robots-Tag")
		}()
		return whose
	}
	for _, method := range []string{"FindSession", "LoadParameters"} {
		st.method = method
		o.ChangeParameters(func(p *store.Parameters) { p.Values = map[string]string{"office.name": method} })
		gone, hangUp := context.WithCancel(ctx)
		defer hangUp()
		// Of two that read the parameters, neither waits for the other.
		first, second := ask(gone, o.Base+"/account"), ask(gone, o.Base+"/account")
		receive(t, method, st.entered)
		receive(t, method, st.entered)
		for _, target := range []string{"/", "/forum/threads/42", o.Base + "x/login"} {
			require.Empty(t, receive(t, target, ask(ctx, target)), target)
		}
		hangUp()
		require.NotEmpty(t, receive(t, method, first))
		require.NotEmpty(t, receive(t, method, second))
	}
}
