package backoffice_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
)

func withPages(c *backoffice.Config) {
	c.TemplateFuncs = map[string]any{"twice": func(n any) string { return fmt.Sprint(n, n) }}
	c.HandlerTemplates = fstest.MapFS{
		"stats.html":  {Data: []byte(`{{define "content"}}<h1>{{.Frame.Title}}</h1><p id="n">{{.Page | twice}}</p><form method="post" action="{{.Frame.URL "/stats"}}">{{template "csrf" .}}</form>{{end}}`)},
		"broken.html": {Data: []byte(`{{define "content"}}<p>half a page</p>{{.Page.Nothing}}{{end}}`)},
	}
}

func TestTheHostSeesItsPathsWithoutTheAlias(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) {
		c.Guards = browse.Open("accounts", "café", "files", "login;jsessionid", "posts")
	})
	var seen *http.Request
	o.Inside.HandleFunc("/{rest...}", func(_ http.ResponseWriter, r *http.Request) { seen = r })
	ada := o.Enrolled("Ada", backoffice.Moderator)
	for path, want := range map[string]url.URL{
		"/posts":            {Path: "/posts"},
		"/posts/":           {Path: "/posts/"},
		"/posts?a=b&a=c":    {Path: "/posts", RawQuery: "a=b&a=c"},
		"/files/a%2fb":      {Path: "/files/a/b", RawPath: "/files/a%2fb"},
		"/caf%C3%A9":        {Path: "/café"},
		"/posts" + o.Base:   {Path: "/posts" + o.Base},
		"/accounts":         {Path: "/accounts"},
		"/posts/account":    {Path: "/posts/account"},
		"/login;jsessionid": {Path: "/login;jsessionid"},
	} {
		seen = nil
		r := ada.Request(http.MethodGet, path, nil)
		for _, name := range []string{o.Named(preCookie), o.Named(browserCookie), "theme"} {
			r.AddCookie(&http.Cookie{Name: name, Value: "dark"})
		}
		require.Equal(t, http.StatusOK, ada.Send(r).Status, path)
		require.NotNil(t, seen, path)
		require.Equal(t, want, *seen.URL, path)
		require.Equal(t, path, seen.RequestURI, "as it was sent, without the alias")
		require.Equal(t, []string{"theme=dark"}, seen.Header["Cookie"], "the office's cookies are not the host's")
	}
	for _, path := range []string{"/account%2Fname", "/posts%2Fname", "/Posts", o.Base + "/posts", "/posts/../b", "/posts//b", "/./posts", "/posts/%2e%2e/b", "/a/../b", "/a//b", "/./a", "/a/%2e%2e/b", "/a%2f%2fb", "//a", "/.."} {
		seen = nil
		r := ada.Request(http.MethodGet, "", nil)
		r.URL.Opaque = "//" + r.URL.Host + o.Base + path
		require.Equal(t, http.StatusNotFound, ada.Send(r).Status, path)
		require.Nil(t, seen, path)
	}
}

func TestWhatAHostHandlerCanAsk(t *testing.T) {
	o := newOffice(t, withPages)
	var token, nonce string
	o.Inside.HandleFunc("/ask", func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		op, ok := backoffice.OperatorFrom(ctx)
		require.True(t, ok)
		require.Equal(t, "Ben", op.Name)
		require.Equal(t, "ben@example.org", op.Email)
		require.Equal(t, []string{backoffice.Moderator, backoffice.CommunityManager}, op.Roles)
		require.True(t, op.Can("posts.delete"))
		require.False(t, op.Can("operators.manage"))
		require.False(t, op.Can(""))
		require.Equal(t, o.Base+"/posts?page=2", backoffice.URL(ctx, "/posts?page=2"))
		for _, bad := range []string{"", "posts", "//evil.example", "https://evil.example", `/\evil.example`} {
			require.Empty(t, backoffice.URL(ctx, bad), bad)
		}
		token, nonce = backoffice.FormToken(ctx), backoffice.Nonce(ctx)
		w.WriteHeader(http.StatusNoContent)
	})
	ben := o.Enrolled("Ben", backoffice.Moderator, backoffice.CommunityManager)
	answer := ben.Get("/ask")
	require.Equal(t, http.StatusNoContent, answer.Status)
	require.Len(t, token, len(ben.Get("/account").Form("/logout").Get("csrf")))
	require.Contains(t, answer.Header.Get("Content-Security-Policy"), "script-src 'nonce-"+nonce+"'")

	r := httptest.NewRequest(http.MethodGet, "/", nil)
	_, ok := backoffice.OperatorFrom(r.Context())
	require.False(t, ok)
	require.False(t, backoffice.Operator{}.Can("posts.delete"))
	require.Empty(t, backoffice.URL(r.Context(), "/x")+backoffice.FormToken(r.Context())+backoffice.Nonce(r.Context()))
}

func TestHostPagesInTheOfficesLayout(t *testing.T) {
	o := newOffice(t, withPages)
	data := any(`<script>alert(1)</script>`)
	status, name := http.StatusOK, "stats.html"
	o.Inside.HandleFunc("/stats", func(w http.ResponseWriter, r *http.Request) {
		o.RenderStatus(w, r, status, name, "Numbers & more", data)
	})
	o.Inside.HandleFunc("/missing", o.NotFound)
	o.Inside.HandleFunc("/fail", func(w http.ResponseWriter, r *http.Request) {
		o.Fail(w, r, nil)
		o.Fail(w, r, errors.New("the numbers are gone"))
	})
	o.Inside.HandleFunc("/late", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "begun")
		o.Fail(w, r, errors.New("too late"))
	})
	o.Inside.HandleFunc("/panic", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		panic("host fell over")
	})
	o.Inside.HandleFunc("/late-panic", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "begun")
		w.(http.Flusher).Flush()
		panic("host fell over late")
	})
	ada := o.Enrolled("Ada", backoffice.CommunityManager)

	shown := ada.Get("/stats")
	require.Equal(t, http.StatusOK, shown.Status)
	require.Contains(t, shown.Body, "<title>Numbers &amp; more · Meadow</title>")
	require.Contains(t, shown.Body, "&lt;script&gt;alert(1)&lt;/script&gt;&lt;script&gt;", "through the host's function")
	require.Contains(t, shown.Body, `href="`+o.Base+`/analytics"`, "with the navigation")
	require.Contains(t, shown.Text(), "Sign out")
	require.NotEmpty(t, shown.Form("/stats").Get("csrf"))

	status = http.StatusUnprocessableEntity
	require.Equal(t, status, ada.Get("/stats").Status)

	for path, want := range map[string]struct {
		status   int
		log      string
		template string
	}{
		"/stats":   {500, "broken.html", "broken.html"},
		"/missing": {404, "", ""},
		"/fail":    {500, "the numbers are gone", ""},
		"/panic":   {500, "host fell over", ""},
	} {
		status, name = http.StatusOK, want.template
		o.Log.Reset()
		answer := ada.Get(path)
		require.Equal(t, want.status, answer.Status, path)
		require.Contains(t, o.Log.String(), want.log, path)
		require.NotContains(t, answer.Body, "half a page")
		require.Contains(t, answer.Body, "</html>", "%s: a whole page", path)
		if want.log != "" {
			require.NotContains(t, answer.Body, want.log)
			require.Contains(t, o.Log.String(), `"request":"`)
		}
	}
	late := ada.Get("/late")
	require.Equal(t, "begun", late.Body)
	require.Contains(t, o.Log.String(), "too late")
	r := ada.Request(http.MethodGet, "/late-panic", nil)
	r.Header.Set("User-Agent", ada.Agent)
	if res, err := ada.Client.Do(r); err == nil {
		// The headers were out; the body then breaks off.
		_, err = io.ReadAll(res.Body)
		require.Error(t, err)
		res.Body.Close()
	}
	require.Contains(t, o.Log.String(), "host fell over late")

	t.Run("outside the office", func(t *testing.T) {
		w := httptest.NewRecorder()
		o.Render(w, httptest.NewRequest(http.MethodGet, "/", nil), "stats.html", "x", nil)
		require.Equal(t, "meadow", w.Header().Get("X-Community"))
		w = httptest.NewRecorder()
		o.NotFound(w, httptest.NewRequest(http.MethodGet, "/", nil))
		require.Equal(t, "meadow", w.Header().Get("X-Community"))
		w = httptest.NewRecorder()
		o.Fail(w, httptest.NewRequest(http.MethodGet, "/", nil), errors.New("secret"))
		require.Equal(t, http.StatusInternalServerError, w.Code)
		require.NotContains(t, w.Body.String(), "secret")
	})
}

func TestAnswersGoThroughTheHostsMiddleware(t *testing.T) {
	statuses := map[string]int{}
	o := newOffice(t, withPages, func(c *backoffice.Config) {
		inner := c.Handler
		c.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			inner.ServeHTTP(&noting{w, r.URL.Path, statuses}, r)
		})
	})
	o.Inside.HandleFunc("/stats", func(w http.ResponseWriter, r *http.Request) { o.Render(w, r, "stats.html", "x", 1) })
	o.Inside.HandleFunc("/fail", func(w http.ResponseWriter, r *http.Request) { o.Fail(w, r, errors.New("x")) })
	o.Inside.HandleFunc("/missing", o.NotFound)
	o.Inside.Handle("/denied", o.Require("analytics.view")(hello))
	ada := o.Enrolled("Ada", backoffice.Moderator)
	for path, want := range map[string]int{"/stats": 200, "/fail": 500, "/missing": 404, "/denied": 403} {
		require.Equal(t, want, ada.Get(path).Status)
		require.Equal(t, want, statuses[path], path)
	}
}

// noting is a middleware of the host's that keeps the status.
type noting struct {
	http.ResponseWriter
	path     string
	statuses map[string]int
}

func (n *noting) WriteHeader(status int) {
	n.statuses[n.path] = status
	n.ResponseWriter.WriteHeader(status)
}

func TestAPanicInTheOfficeIsNotTheCommunitys(t *testing.T) {
	o := newOffice(t)
	o.Inside.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panic("host fell over") })
	ada := o.Enrolled("Ada", backoffice.Moderator)
	srv := httptest.NewTLSServer(o.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the community was asked") })))
	defer srv.Close()
	require.Equal(t, http.StatusInternalServerError, ada.At(srv).Get("/panic").Status)
}
