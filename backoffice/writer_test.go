package backoffice_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// to is a request of a person, from where they signed in, that can be given to a handler.
func to(p *person, method, path string) *http.Request { return by(p, p.Request(method, path, nil)) }

// by makes a client's request one that a server got from this person.
func by(p *person, r *http.Request) *http.Request {
	r.RemoteAddr, r.RequestURI, r.TLS = "127.0.0.1:1", r.URL.RequestURI(), &tls.ConnectionState{}
	r.Header.Set("User-Agent", p.Agent)
	r.AddCookie(&http.Cookie{Name: p.Site.Named(sessionCookie), Value: p.Cookie(sessionCookie)})
	return r
}

// begun opens a connection to a server and sends a person's request, such as "GET /account",
// up to its body. It returns the connection and its answers.
func begun(p *person, at *httptest.Server, request string, lines ...string) (*tls.Conn, *bufio.Reader) {
	p.T.Helper()
	conn, err := tls.Dial("tcp", at.Listener.Addr().String(), &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // a test's own server
	require.NoError(p.T, err)
	p.T.Cleanup(func() { _ = conn.Close() })
	method, path, _ := strings.Cut(request, " ")
	_, err = fmt.Fprintf(conn, "%s %s%s HTTP/1.1\r\nHost: community.example\r\nUser-Agent: %s\r\nCookie: %s=%s\r\n%s\r\n",
		method, p.Site.Base, path, p.Agent, p.Site.Named(sessionCookie), p.Cookie(sessionCookie), strings.Join(append(lines, ""), "\r\n"))
	require.NoError(p.T, err)
	return conn, bufio.NewReader(conn)
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
		"/page/hints": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Link", "</app.css>; rel=preload")
			w.WriteHeader(http.StatusEarlyHints)
			w.Header().Del("Link")
			w.WriteHeader(http.StatusAccepted)
			_, _ = io.WriteString(w, "later")
		},
		"/page/none": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNoContent)
			_, err := io.WriteString(w, "x")
			require.ErrorIs(t, err, http.ErrBodyNotAllowed)
		},
		"/page/same": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Etag", `"x"`)
			w.WriteHeader(http.StatusNotModified)
		},
		"/page/trailer": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Trailer", "X-Sum")
			_, _ = io.WriteString(w, "sum")
			w.Header().Set("X-Sum", "6")
			w.Header().Set(http.TrailerPrefix+"X-Sent", r.Trailer.Get("X-Sent"))
		},
		"/page/file": func(w http.ResponseWriter, _ *http.Request) {
			n, err := w.(io.ReaderFrom).ReadFrom(strings.NewReader("<!doctype html>"))
			require.NoError(t, err)
			require.EqualValues(t, 15, n)
		},
		"/page/nothing": func(http.ResponseWriter, *http.Request) {},
		"/page/gone": func(w http.ResponseWriter, r *http.Request) {
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
		res, body := send(http.MethodGet, "/page/hints", func(r *http.Request) *http.Request {
			return r.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{Got1xxResponse: func(_ int, h textproto.MIMEHeader) error {
				hints = append(hints, h.Get("Link"))
				return nil
			}}))
		})
		require.Equal(t, []string{"</app.css>; rel=preload"}, hints)
		require.Equal(t, "later", body)
		require.Equal(t, http.StatusAccepted, res.StatusCode)
		require.Empty(t, res.Header.Get("Link"))

		res, body = send(http.MethodGet, "/page/none", nil)
		require.Equal(t, http.StatusNoContent, res.StatusCode)
		require.Empty(t, body)
		res, _ = send(http.MethodGet, "/page/same", nil)
		require.Equal(t, http.StatusNotModified, res.StatusCode)
		require.Equal(t, `"x"`, res.Header.Get("Etag"))
		res, body = send(http.MethodHead, "/page/file", nil)
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Empty(t, body)
		res, body = send(http.MethodGet, "/page/file", nil)
		require.Equal(t, "<!doctype html>", body)
		require.Equal(t, "text/html; charset=utf-8", res.Header.Get("Content-Type"))
		require.Equal(t, "15", res.Header.Get("Content-Length"))
		res, body = send(http.MethodGet, "/page/nothing", nil)
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Empty(t, body)

		res, body = send(http.MethodGet, "/page/trailer", func(r *http.Request) *http.Request {
			r.Body, r.ContentLength, r.Trailer = io.NopCloser(strings.NewReader("body")), -1, http.Header{"X-Sent": {"yes"}}
			return r
		})
		require.Equal(t, "sum", body)
		require.Equal(t, http.Header{"X-Sum": {"6"}, "X-Sent": {"yes"}}, res.Trailer)

		leaving, leave := context.WithCancel(ctx)
		res, err := srv.Client().Do(strip(to(ada, http.MethodGet, "/page/gone"), srv).WithContext(leaving))
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
		"/page/written":  func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("x")) },
		"/page/string":   func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "x") },
		"/page/copied":   func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, iotest{strings.NewReader("x")}) },
		"/page/flushed":  func(w http.ResponseWriter, _ *http.Request) { _ = http.NewResponseController(w).Flush() },
		"/page/nothing":  func(http.ResponseWriter, *http.Request) {},
		"/page/rendered": func(w http.ResponseWriter, r *http.Request) { o.NotFound(w, r) },
	} {
		o.Inside.HandleFunc(path, h)
	}
	ada := o.Enrolled("Ada", backoffice.Moderator)
	office := o.Wrap(http.HandlerFunc(community))
	for path, want := range map[string]int{"/page/written": 200, "/page/string": 200, "/page/copied": 200, "/page/flushed": 200, "/page/nothing": 200, "/page/rendered": 404, "/account": 200} {
		w := httptest.NewRecorder()
		l := &lazily{ResponseWriter: w, status: http.StatusNotFound}
		office.ServeHTTP(flushable{l}, to(ada, http.MethodGet, path))
		l.send()
		require.Equal(t, want, w.Code, path)
	}
	taken := 0
	o.Inside.HandleFunc("/socket", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusSwitchingProtocols) // as coder/websocket does
		_, _, err := w.(http.Hijacker).Hijack()
		require.NoError(t, err)
		taken++
	})
	w := httptest.NewRecorder()
	r := to(ada, http.MethodGet, "/socket")
	r.Header.Set("Upgrade", "websocket")
	office.ServeHTTP(takeable{flushable{&lazily{ResponseWriter: w, status: http.StatusNotFound}}}, r)
	require.Equal(t, 1, taken)
	require.Equal(t, http.StatusSwitchingProtocols, w.Code, "the handshake is answered before the connection is the host's")
}

// takeable gives its connection away, and is asked for the status by another name.
type takeable struct{ flushable }

func (t takeable) WriteHeaderNow() { t.send() }

func (takeable) Hijack() (net.Conn, *bufio.ReadWriter, error) { return nil, nil, nil }

type iotest struct{ io.Reader }

// flushable sends what it noted when it is flushed.
type flushable struct{ *lazily }

func (f flushable) Flush() { f.send() }
