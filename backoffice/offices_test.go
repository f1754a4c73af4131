package backoffice_test

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/store/memstore"
)

// TestTwoOfficesInOneBrowser signs in to two offices between which the browser does
// not part cookies, with the same secret, name and passwords.
func TestTwoOfficesInOneBrowser(t *testing.T) {
	none := func(*backoffice.Config) {}
	for name, change := range map[string]struct{ first, second func(*backoffice.Config) }{
		"on two ports":                          {none, none},
		"below two paths of two ports":          {below, below},
		"below a path that is below another":    {below, func(c *backoffice.Config) { c.Origin = path + "/inner" }},
		"one below a path":                      {none, below},
		"under development":                     {insecure, insecure},
		"under development, one below a path":   {insecure, func(c *backoffice.Config) { insecure(c); below(c) }},
		"one under development, one over HTTPS": {insecure, none},
	} {
		t.Run(name, func(t *testing.T) {
			first, second := newOffice(t, change.first), newOffice(t, change.second)
			first.inTwo(t, second)
		})
	}
	for where, between := range map[string]func(http.Handler) http.Handler{
		"one gate in the other": func(second http.Handler) http.Handler { return second },
		"middleware between the gates": func(second http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				require.NotContains(t, r.Header.Get("Cookie"), "office-", "what is between gets the cookies of neither")
				second.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), connection{}, second)))
			})
		},
	} {
		t.Run("on one origin, "+where, func(t *testing.T) { inOne(t, between) })
	}
}

// inOne has one office around the other, with something between them.
func inOne(t *testing.T, between func(http.Handler) http.Handler) {
	second := newOffice(t)
	// Both are where the second one is.
	first := newOffice(t, func(c *backoffice.Config) { c.Origin = second.Cfg.Origin })
	var seen []string
	var at string
	asks := func(w http.ResponseWriter, r *http.Request) {
		own := httptest.NewRequest(http.MethodGet, second.Cfg.Origin+at+"/account", nil).WithContext(r.Context())
		own.Header = r.Header.Clone()
		second.Server.Config.Handler.ServeHTTP(w, own)
	}
	community := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if seen = r.Header["Cookie"]; r.URL.Path == "/asks" {
			asks(w, r)
		}
	})
	second.Server.Config.Handler = first.Wrap(between(second.Wrap(community)))
	b := first.inTwo(t, second)
	b.Bare = true
	r := b.Request(http.MethodGet, "", nil)
	r.URL.Path = "/"
	b.Send(r)
	require.Empty(t, seen, "the community gets the cookies of neither")
	second.Inside.HandleFunc("/seen", community)
	b = b.Moved(second.Base)
	require.Equal(t, http.StatusOK, b.Get("/seen").Status)
	require.Empty(t, seen, "nor does the other's handler")
	r = b.Request(http.MethodPost, "/seen", strings.NewReader("{}"))
	r.Header.Set("X-Csrf-Token", b.Get("/account").Form("/logout").Get("csrf"))
	r.Header.Set("Content-Type", "application/json")
	require.Equal(t, http.StatusOK, b.Send(r).Status, "a form token in a header reaches the other")
	second.Inside.HandleFunc("/asks", asks)
	at = second.Base
	require.Equal(t, http.StatusSeeOther, b.Get("/asks").Status, "what a handler makes of the context of a request is not signed in")
	r = b.Request(http.MethodGet, "", nil)
	r.URL.Path = "/asks"
	for _, at = range []string{first.Base, second.Base} {
		require.Equal(t, http.StatusSeeOther, b.Send(r.Clone(ctx)).Status, "nor is what the community makes of it")
	}
}

// inTwo signs in to both offices in one browser, and out of the first and in again.
func (o *office) inTwo(t *testing.T, other *office) *browser {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	enter := func(o *office, at *httptest.Server) *browser {
		o.Set(map[string]string{"two_factor.who": "recommended"})
		o.Person("Ada", backoffice.Moderator)
		b := o.Browser().At(at)
		b.Client.Jar = jar
		require.Equal(t, "/", b.Login("Ada", good).Location)
		return b
	}
	at := o.Server
	if o.Cfg.Origin == other.Cfg.Origin {
		at = other.Server
	}
	a, b := enter(o, at), enter(other, other.Server)
	require.True(t, a.SignedIn(), "signing in to the second leaves the first")
	require.True(t, b.SignedIn())
	a.Submit(a.Get("/account"), "/logout")
	require.False(t, a.SignedIn())
	require.True(t, b.SignedIn(), "signing out of one leaves the other")
	require.Equal(t, "/", a.Login("Ada", good).Location)
	return a
}

func TestWhatNamesTheCookies(t *testing.T) {
	o := newOffice(t)
	named := func(change func(*backoffice.Config)) string {
		cfg := o.Cfg
		change(&cfg)
		office, err := backoffice.New(ctx, cfg)
		require.NoError(t, err)
		w := httptest.NewRecorder()
		office.Wrap(http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest(http.MethodGet, office.HomeURL()+"login", nil))
		return strings.TrimSuffix(w.Result().Cookies()[0].Name, "-pre")
	}
	name := o.Named(sessionCookie)
	require.Equal(t, name, named(func(*backoffice.Config) {}), "another replica, or a restart")
	require.Equal(t, name, named(func(c *backoffice.Config) {
		c.Secret, c.OldSecrets = []byte("another secret of 32 bytes, \x00\x01\x02\x03"), [][]byte{c.Secret}
	}), "another secret")
	require.Equal(t, name, named(func(c *backoffice.Config) { c.Name = "Pasture" }), "another name")
	require.NotEqual(t, name, named(func(c *backoffice.Config) { c.Store = memstore.New() }), "another store")
	require.NotEqual(t, name, named(func(c *backoffice.Config) { c.Origin = "https://other.example" }), "another origin")
	_, err := o.RotateAlias(ctx)
	require.NoError(t, err)
	require.Equal(t, name, named(func(*backoffice.Config) {}), "another alias")
}

// A server under development makes a new store and a new secret whenever it starts.
func TestRestartsDoNotFillTheBrowser(t *testing.T) {
	bystander := newOffice(t, insecure)
	bystander.Set(map[string]string{"two_factor.who": "recommended"})
	bystander.Person("Ada", backoffice.Moderator)
	b := bystander.Browser()
	require.Equal(t, "/", b.Login("Ada", good).Location)

	for range 12 {
		s := browse.New(t, insecure, func(c *backoffice.Config) { c.Origin = "http://localhost:8080" })
		s.Set(map[string]string{"two_factor.who": "recommended"})
		s.Person("Ada", backoffice.Moderator)
		again := s.Browser()
		again.Client.Jar = b.Client.Jar
		require.Equal(t, "/", again.Login("Ada", good).Location)
		require.True(t, again.SignedIn())
	}
	all := b.Client.Jar.Cookies(&url.URL{Scheme: "http", Host: "127.0.0.1", Path: "/"})
	var offices []string
	for _, c := range all {
		if office := strings.Split(c.Name, "-")[1]; !slices.Contains(offices, office) {
			offices = append(offices, office)
		}
	}
	require.Len(t, offices, 1+1+4, "the bystander, the last one, and four before it")
	require.True(t, b.SignedIn(), "an office at another port stays")
}
