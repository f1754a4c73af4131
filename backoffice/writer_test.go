package backoffice_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/http/httputil"
	"net/textproto"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// to is a request of a person that can be given to a handler.
func to(p *person, method, path string) *http.Request {
	r := p.Request(method, path, nil)
	r.RemoteAddr, r.RequestURI, r.TLS = "192.0.2.1:1", r.URL.RequestURI(), &tls.ConnectionState{}
	r.Header.Set("User-Agent", p.Agent)
	r.AddCookie(&http.Cookie{Name: sessionCookie, Value: p.Cookie(sessionCookie)})
	return r
}

// bare is a writer that can do no more than it must, and wrapping one that says what it
// wraps.
type (
	bare     struct{ http.ResponseWriter }
	wrapping struct{ http.ResponseWriter }
	// boasting claims to be everything, as some middleware does.
	boasting struct{ http.ResponseWriter }
)

func (w wrapping) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (boasting) Flush() {}
func (boasting) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return nil, nil, http.ErrNotSupported
}
func (boasting) Push(string, *http.PushOptions) error { return http.ErrNotSupported }

// abilities are what a handler finds by type, and what a controller does without an
// error.
func abilities(w http.ResponseWriter) string {
	var can []string
	add := func(name string, ok bool) {
		if ok {
			can = append(can, name)
		}
	}
	_, flusher := w.(http.Flusher)
	_, hijacker := w.(http.Hijacker)
	_, pusher := w.(http.Pusher)
	_, notifier := w.(interface{ CloseNotify() <-chan bool })
	_, readerFrom := w.(io.ReaderFrom)
	_, stringWriter := w.(io.StringWriter)
	add("Flusher", flusher)
	add("Hijacker", hijacker)
	add("Pusher", pusher)
	add("CloseNotifier", notifier)
	add("ReaderFrom", readerFrom)
	add("StringWriter", stringWriter)
	rc := http.NewResponseController(w)
	for name, err := range map[string]error{
		"read deadline": rc.SetReadDeadline(time.Time{}), "write deadline": rc.SetWriteDeadline(time.Time{}),
		"full duplex": rc.EnableFullDuplex(), "flush": rc.Flush(),
	} {
		add(name, err == nil)
		if err != nil && !errors.Is(err, http.ErrNotSupported) {
			can = append(can, name+": "+err.Error())
		}
	}
	slices.Sort(can)
	return strings.Join(can, ", ")
}

func TestTheHostsWriterCanDoWhatTheServersCan(t *testing.T) {
	o := newOffice(t)
	got := ""
	o.Inside.HandleFunc("/can", func(w http.ResponseWriter, _ *http.Request) { got = abilities(w) })
	ada := o.Enrolled("Ada", backoffice.Moderator)
	const (
		least  = "CloseNotifier, ReaderFrom, StringWriter"
		first  = "CloseNotifier, Flusher, Hijacker, ReaderFrom, StringWriter, flush, full duplex, read deadline, write deadline"
		second = "CloseNotifier, Flusher, Pusher, ReaderFrom, StringWriter, flush, full duplex, read deadline, write deadline"
	)
	around := func(wrap func(http.ResponseWriter) http.ResponseWriter) func(http.Handler) http.Handler {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(wrap(w), r) })
		}
	}
	for name, c := range map[string]struct {
		outside                   func(http.Handler) http.Handler
		one, two, recorded, least string
	}{
		"nothing outside": {
			func(h http.Handler) http.Handler { return h },
			first, second, "CloseNotifier, Flusher, ReaderFrom, StringWriter, flush", least,
		},
		"a middleware that unwraps": {
			around(func(w http.ResponseWriter) http.ResponseWriter { return wrapping{w} }),
			first, second, "CloseNotifier, Flusher, ReaderFrom, StringWriter, flush", least,
		},
		"a middleware that does not": {
			around(func(w http.ResponseWriter) http.ResponseWriter { return bare{w} }),
			least, least, least, least,
		},
		"a middleware that claims it all": {
			around(func(w http.ResponseWriter) http.ResponseWriter { return boasting{w} }),
			"CloseNotifier, Flusher, Hijacker, ReaderFrom, StringWriter, flush", "CloseNotifier, Flusher, Pusher, ReaderFrom, StringWriter, flush",
			"CloseNotifier, Flusher, Hijacker, ReaderFrom, StringWriter, flush", "CloseNotifier, Flusher, Hijacker, ReaderFrom, StringWriter, flush",
		},
		"http.TimeoutHandler": {
			func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Minute, "") },
			least, least, least, least,
		},
	} {
		handler := c.outside(o.Wrap(http.HandlerFunc(community)))
		for proto, want := range map[string]string{"HTTP/1.1": c.one, "HTTP/2.0": c.two} {
			srv := httptest.NewUnstartedServer(handler)
			srv.EnableHTTP2 = proto == "HTTP/2.0"
			srv.StartTLS()
			res, err := srv.Client().Do(strip(to(ada, http.MethodGet, "/can"), srv))
			require.NoError(t, err)
			_, err = io.ReadAll(res.Body) // until the handler has returned
			require.NoError(t, err)
			require.NoError(t, res.Body.Close())
			require.Equal(t, proto, res.Proto)
			require.Equal(t, want, got, "%s over %s", name, proto)
			srv.Close()
		}
		handler.ServeHTTP(httptest.NewRecorder(), to(ada, http.MethodGet, "/can"))
		require.Equal(t, c.recorded, got, "%s, recorded", name)
		handler.ServeHTTP(nowhere{http.Header{}}, to(ada, http.MethodGet, "/can"))
		require.Equal(t, c.least, got, "%s, by a server that can do nothing", name)
	}
}

// strip makes it a client's request to a server.
func strip(r *http.Request, srv *httptest.Server) *http.Request {
	u, _ := url.Parse(srv.URL)
	r.RequestURI, r.TLS, r.RemoteAddr, r.URL.Host, r.URL.Scheme = "", nil, "", u.Host, u.Scheme
	return r
}

func TestWhatTheHostSendsArrives(t *testing.T) {
	o := newOffice(t)
	closed := make(chan bool, 1)
	for path, h := range map[string]http.HandlerFunc{
		"/hints": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Link", "</app.css>; rel=preload")
			w.WriteHeader(http.StatusEarlyHints)
			w.Header().Del("Link")
			w.WriteHeader(http.StatusAccepted)
			_, _ = io.WriteString(w, "later")
		},
		"/none": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNoContent)
			_, err := io.WriteString(w, "x")
			require.ErrorIs(t, err, http.ErrBodyNotAllowed)
		},
		"/same": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Etag", `"x"`)
			w.WriteHeader(http.StatusNotModified)
		},
		"/trailer": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Trailer", "X-Sum")
			_, _ = io.WriteString(w, "sum")
			w.Header().Set("X-Sum", "6")
			w.Header().Set(http.TrailerPrefix+"X-Sent", r.Trailer.Get("X-Sent"))
		},
		"/file": func(w http.ResponseWriter, _ *http.Request) {
			n, err := w.(io.ReaderFrom).ReadFrom(strings.NewReader("<!doctype html>"))
			require.NoError(t, err)
			require.EqualValues(t, 15, n)
		},
		"/nothing": func(http.ResponseWriter, *http.Request) {},
		"/gone": func(w http.ResponseWriter, r *http.Request) {
			gone := w.(interface{ CloseNotify() <-chan bool }).CloseNotify()
			_, _ = io.WriteString(w, "begun")
			w.(http.Flusher).Flush()
			<-gone
			closed <- true
		},
	} {
		o.Inside.HandleFunc(path, h)
	}
	ada := o.Enrolled("Ada", backoffice.Moderator)
	for _, srv := range []*httptest.Server{o.Server, o.overHTTP2(t)} {
		send := func(method, path string, change func(*http.Request) *http.Request) (*http.Response, string) {
			r := strip(to(ada, method, path), srv)
			if change != nil {
				r = change(r)
			}
			res, err := srv.Client().Do(r)
			require.NoError(t, err)
			body, err := io.ReadAll(res.Body)
			require.NoError(t, err)
			require.NoError(t, res.Body.Close())
			return res, string(body)
		}
		var hints []string
		res, body := send(http.MethodGet, "/hints", func(r *http.Request) *http.Request {
			return r.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{Got1xxResponse: func(_ int, h textproto.MIMEHeader) error {
				hints = append(hints, h.Get("Link"))
				return nil
			}}))
		})
		require.Equal(t, []string{"</app.css>; rel=preload"}, hints)
		require.Equal(t, "later", body)
		require.Equal(t, http.StatusAccepted, res.StatusCode)
		require.Empty(t, res.Header.Get("Link"))

		res, body = send(http.MethodGet, "/none", nil)
		require.Equal(t, http.StatusNoContent, res.StatusCode)
		require.Empty(t, body)
		res, _ = send(http.MethodGet, "/same", nil)
		require.Equal(t, http.StatusNotModified, res.StatusCode)
		require.Equal(t, `"x"`, res.Header.Get("Etag"))
		res, body = send(http.MethodHead, "/file", nil)
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Empty(t, body)
		res, body = send(http.MethodGet, "/file", nil)
		require.Equal(t, "<!doctype html>", body)
		require.Equal(t, "text/html; charset=utf-8", res.Header.Get("Content-Type"))
		require.Equal(t, "15", res.Header.Get("Content-Length"))
		res, body = send(http.MethodGet, "/nothing", nil)
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Empty(t, body)

		res, body = send(http.MethodGet, "/trailer", func(r *http.Request) *http.Request {
			r.Body, r.ContentLength, r.Trailer = io.NopCloser(strings.NewReader("body")), -1, http.Header{"X-Sent": {"yes"}}
			return r
		})
		require.Equal(t, "sum", body)
		require.Equal(t, http.Header{"X-Sum": {"6"}, "X-Sent": {"yes"}}, res.Trailer)

		leaving, leave := context.WithCancel(ctx)
		res, err := srv.Client().Do(strip(to(ada, http.MethodGet, "/gone"), srv).WithContext(leaving))
		require.NoError(t, err)
		leave()
		require.True(t, <-closed)
		_ = res.Body.Close()
	}
}

// TestARouterOutsideThatHasNoRoute answers as gin does in NoRoute: with 404, unless the
// handler says otherwise.
func TestARouterOutsideThatHasNoRoute(t *testing.T) {
	o := newOffice(t)
	for path, h := range map[string]http.HandlerFunc{
		"/written":  func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("x")) },
		"/string":   func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "x") },
		"/copied":   func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, iotest{strings.NewReader("x")}) },
		"/flushed":  func(w http.ResponseWriter, _ *http.Request) { _ = http.NewResponseController(w).Flush() },
		"/nothing":  func(http.ResponseWriter, *http.Request) {},
		"/rendered": func(w http.ResponseWriter, r *http.Request) { o.NotFound(w, r) },
	} {
		o.Inside.HandleFunc(path, h)
	}
	ada := o.Enrolled("Ada", backoffice.Moderator)
	office := o.Wrap(http.HandlerFunc(community))
	for path, want := range map[string]int{"/written": 200, "/string": 200, "/copied": 200, "/flushed": 200, "/nothing": 200, "/rendered": 404, "/account": 200} {
		w := httptest.NewRecorder()
		l := &lazily{ResponseWriter: w, status: http.StatusNotFound}
		office.ServeHTTP(flushable{l}, to(ada, http.MethodGet, path))
		l.send()
		require.Equal(t, want, w.Code, path)
	}
}

type iotest struct{ io.Reader }

// flushable sends what it noted when it is flushed.
type flushable struct{ *lazily }

func (f flushable) Flush() { f.send() }

func TestTheRequestURIOfTheHost(t *testing.T) {
	var seen *http.Request
	note := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r })
	o := newOffice(t, below, func(c *backoffice.Config) { c.Handler = note })
	ada := o.Enrolled("Ada", backoffice.Moderator)
	alias := strings.TrimPrefix(o.Base, path)
	gate := o.Wrap(silent)
	for _, c := range []struct {
		name, sent, want string
		outside          http.Handler
	}{
		{"a path", o.Base + "/posts", "/posts", gate},
		{"its query", o.Base + "/posts?a=b&a=%20", "/posts?a=b&a=%20", gate},
		{"a question mark alone", o.Base + "/posts?", "/posts?", gate},
		{"escapes", o.Base + "/caf%c3%a9/a%2Fb;c", "/caf%c3%a9/a%2Fb;c", gate},
		{"escapes that need not be", o.Base + "/%70osts", "/%70osts", gate},
		{"the alias again", o.Base + o.Base + "/x", o.Base + "/x", gate},
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

// TestAnotherServerBehindTheHost passes the request on by the means of net/http.
func TestAnotherServerBehindTheHost(t *testing.T) {
	o := newOffice(t)
	back := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Method, r.RequestURI) }))
	defer back.Close()
	target, err := url.Parse(back.URL)
	require.NoError(t, err)
	o.Inside.Handle("/proxied/", httputil.NewSingleHostReverseProxy(target))
	o.Inside.HandleFunc("/fetched/", func(w http.ResponseWriter, r *http.Request) {
		r = r.Clone(r.Context())
		r.URL.Scheme, r.URL.Host, r.RequestURI = target.Scheme, target.Host, "" // as from any server
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			o.Fail(w, r, err)
			return
		}
		defer res.Body.Close()
		_, _ = io.Copy(w, res.Body)
	})
	ada := o.Enrolled("Ada", backoffice.Moderator)
	for _, path := range []string{"/proxied/a%2Fb?c=d", "/fetched/a%2Fb?c=d"} {
		require.Equal(t, "GET"+path, ada.Get(path).Body)
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
