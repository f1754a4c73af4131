package backoffice_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/stretchr/testify/require"
)

func TestTheRequestURIOfTheHost(t *testing.T) {
	var seen *http.Request
	note := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r })
	o := newOffice(t, below, func(c *backoffice.Config) { c.Handler, c.Guards = note, browse.Open("café", "new", "posts") })
	ada := o.Enrolled("Ada", backoffice.Moderator)
	alias := strings.TrimPrefix(o.Base, path)
	gate := o.Wrap(silent)
	for _, c := range []struct {
		name, sent, want string
		outside          http.Handler
	}{
		{"a question mark alone", o.Base + "/posts?", "/posts?", gate},
		{"escapes", o.Base + "/caf%c3%a9/a%2Fb;c", "/caf%c3%a9/a%2Fb;c", gate},
		{"escapes that need not be", o.Base + "/%70osts", "/%70osts", gate},
		{"the alias again", o.Base + "/posts" + o.Base + "/x", "/posts" + o.Base + "/x", gate},
		{"a whole URL", "https://community.example" + o.Base + "/posts?a", "/posts?a", gate},
		{"a path that was cut off on the way", alias + "/posts?a", "/posts?a", gate},
		{"a path that was cut off here", o.Base + "/posts?a", "/posts?a", http.StripPrefix(path, gate)},
		{"a path that was rewritten", o.Base + "/old?a", "/new?b", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r = r.Clone(r.Context())
			r.URL.Path, r.URL.RawQuery = o.Base+"/new", "b"
			gate.ServeHTTP(w, r)
		})},
	} {
		seen = nil
		r := to(ada, http.MethodGet, "/posts")
		u, err := url.ParseRequestURI(c.sent)
		require.NoError(t, err)
		r.URL, r.RequestURI = u, c.sent
		r.Header.Set("Cookie", strings.Replace(r.Header.Get("Cookie"), "__Host-", "__Secure-", 1))
		c.outside.ServeHTTP(httptest.NewRecorder(), r)
		require.NotNil(t, seen, c.name)
		require.Equal(t, c.want, seen.RequestURI, c.name)
		require.Equal(t, c.want, seen.URL.RequestURI(), c.name)
	}
}

// routes is a key of a context as chi has it.
type routes struct{}

func (*routes) String() string { return "chi context value RouteContext" }

func TestWhatARouterOutsideLeavesDoesNotRouteInside(t *testing.T) {
	o := newOffice(t)
	var seen, own *http.Request
	o.Inside.HandleFunc("/orders/{id}", func(_ http.ResponseWriter, r *http.Request) { own = r })
	mux := o.Inside
	o.Cfg.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r.Clone(r.Context())
		mux.ServeHTTP(w, r)
	})
	ada := o.Enrolled("Ada", backoffice.Moderator)
	key, other := &routes{}, &struct{ int }{}
	outside := http.NewServeMux()
	outside.HandleFunc("/{alias}/{rest...}", func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(context.WithValue(context.WithValue(r.Context(), key, "of the outer router"), other, "kept"))
		r.SetPathValue("id", "of the outer router")
		r.SetPathValue("more", "of the outer router")
		o.Another().Wrap(silent).ServeHTTP(w, r)
	})
	outside.ServeHTTP(httptest.NewRecorder(), to(ada, http.MethodGet, "/orders/7"))
	require.NotNil(t, own)
	require.Empty(t, seen.Pattern)
	for _, name := range []string{"alias", "rest", "id", "more"} {
		require.Empty(t, seen.PathValue(name), name)
	}
	require.Nil(t, seen.Context().Value(key))
	require.Equal(t, "kept", seen.Context().Value(other))
	require.Equal(t, "/orders/{id}", own.Pattern)
	require.Equal(t, "7", own.PathValue("id"))
	inner := context.WithValue(own.Context(), key, "of the router inside")
	require.Equal(t, "of the router inside", inner.Value(key))
}

func TestEveryFieldOfTheRequestReachesTheHost(t *testing.T) {
	var seen *http.Request
	o := newOffice(t, func(c *backoffice.Config) {
		c.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r })
	})
	ada := o.Enrolled("Ada", backoffice.Moderator)
	r := to(ada, http.MethodGet, "/orders")
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader([]byte("body"))), 4
	r.GetBody = func() (io.ReadCloser, error) { return nil, nil }
	r.TransferEncoding, r.Close, r.Trailer = []string{"identity"}, true, http.Header{"X-Sum": nil}
	r.Form, r.PostForm, r.Response = url.Values{"a": {"b"}}, url.Values{"c": {"d"}}, &http.Response{}
	r.MultipartForm = nil
	o.Server.Config.Handler.ServeHTTP(httptest.NewRecorder(), r)
	require.NotNil(t, seen)
	was, is := reflect.ValueOf(*r), reflect.ValueOf(*seen)
	for i := range was.NumField() {
		field := was.Type().Field(i)
		if !field.IsExported() || slices.Contains([]string{"Cancel", "MultipartForm", "Pattern"}, field.Name) {
			continue
		}
		require.False(t, was.Field(i).IsZero(), "%s is not tested", field.Name)
		require.False(t, is.Field(i).IsZero(), "%s is lost", field.Name)
	}
}
