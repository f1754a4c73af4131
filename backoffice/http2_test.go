package backoffice_test

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/pages"
)

// overHTTP2 serves the office over HTTP/2 at another port.
func (o *office) overHTTP2(t *testing.T) *httptest.Server {
	srv := httptest.NewUnstartedServer(o.Wrap(http.HandlerFunc(community)))
	srv.EnableHTTP2 = true
	srv.Config.ErrorLog = o.Server.Config.ErrorLog
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv
}

// fetched is an answer, without the parts that differ each time.
type fetched struct {
	proto, location, body string
	status                int
	header                http.Header
}

var fleeting = regexp.MustCompile(`nonce-[A-Za-z0-9_=-]+|nonce="[^"]*"|name="csrf" value="[^"]*"|name="enrolment" value="[^"]*"|secret=[A-Z2-7]+|127\.0\.0\.1:\d+|<time[^>]*>[^<]*</time>|[A-Z2-7]{4}( [A-Z2-7]{4}){7}|id="totp-qr" width="\d+" height="\d+"|src="data:image[^"]*"|request [a-z2-7]{10,}|[a-z2-7]{26}`)

// fetch sends a request to a server with a browser's cookies, and does not change the
// browser.
func fetch(t *testing.T, srv *httptest.Server, b *browser, method, path string, form url.Values) fetched {
	t.Helper()
	client := *srv.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	r := b.At(srv).With(method, path, form)
	r.Header.Set("User-Agent", b.Agent)
	for _, name := range []cookie{sessionCookie, preCookie} {
		if value := b.Cookie(name); value != "" {
			r.AddCookie(&http.Cookie{Name: b.Site.Named(name), Value: value})
		}
	}
	res, err := client.Do(r)
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	f := fetched{res.Proto, res.Header.Get("Location"), fleeting.ReplaceAllString(string(body), "*"), res.StatusCode, res.Header}
	for name, values := range f.header {
		for i, v := range values {
			v, _, _ = strings.Cut(v, b.Site.Named(preCookie))
			values[i] = fleeting.ReplaceAllString(v, "*")
		}
		if slices.Contains([]string{"Date", "Content-Length", "Connection"}, name) {
			f.header.Del(name)
		}
	}
	return f
}

func TestEveryRouteAnswersTheSameOverHTTP2(t *testing.T) {
	o := newOffice(t)
	srv := o.overHTTP2(t)
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	for _, b := range []*browser{ada.Browser, o.Browser()} {
		for _, route := range pages.Routes() {
			path := strings.NewReplacer("{$}", "", "{id}", ada.ID, "{seq}", "1", "{name...}", "x", "{name}", "x").Replace(route.Path)
			if strings.ContainsAny(path, "{}") || strings.Contains(path, "export") {
				continue
			}
			var form url.Values
			if route.Method == http.MethodPost {
				form = url.Values{"csrf": {"wrong"}}
			}
			one := fetch(t, o.Server, b, route.Method, path, form)
			two := fetch(t, srv, b, route.Method, path, form)
			require.Equal(t, "HTTP/1.1", one.proto)
			require.Equal(t, "HTTP/2.0", two.proto)
			one.proto = two.proto
			require.Equal(t, one, two, "%s %s", route.Method, path)
		}
	}
}

// frames is a connection on which any HTTP/2 frame can be written.
type frames struct {
	t *testing.T
	*tls.Conn
}

func openHTTP2(t *testing.T, srv *httptest.Server) *frames {
	t.Helper()
	conn, err := tls.Dial("tcp", srv.Listener.Addr().String(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	f := &frames{t, conn}
	_, err = io.WriteString(conn, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	require.NoError(t, err)
	f.write(4, 0, 0, "") // SETTINGS
	return f
}

func (f *frames) write(kind, flags byte, stream uint32, payload string) {
	f.t.Helper()
	head := binary.BigEndian.AppendUint32(nil, uint32(len(payload))<<8|uint32(kind))
	head = binary.BigEndian.AppendUint32(append(head, flags), stream)
	_, err := f.Write(append(head, payload...))
	require.NoError(f.t, err)
}

// ask writes a request with these fields, which are names and values in turn,
// unchanged.
func (f *frames) ask(stream uint32, end bool, fields ...string) {
	f.t.Helper()
	var block []byte
	for i := 0; i < len(fields); i += 2 {
		block = append(block, 0) // a literal, never indexed, without Huffman's code
		for _, s := range fields[i : i+2] {
			require.Less(f.t, len(s), 127)
			block = append(append(block, byte(len(s))), s...)
		}
	}
	flags := byte(4) // END_HEADERS
	if end {
		flags |= 1
	}
	f.write(1, flags, stream, string(block))
}

// outcome is what became of a stream: "reset", "goodbye", or the first byte of the
// answer's fields, which stands for its status.
func (f *frames) outcome(stream uint32) string {
	f.t.Helper()
	for {
		head := make([]byte, 9)
		if _, err := io.ReadFull(f, head); err != nil {
			return "closed"
		}
		payload := make([]byte, binary.BigEndian.Uint32(head)>>8)
		_, err := io.ReadFull(f, payload)
		require.NoError(f.t, err)
		of := binary.BigEndian.Uint32(head[5:])
		switch {
		case head[3] == 7:
			return "goodbye"
		case head[3] == 3 && of == stream:
			return "reset"
		case head[3] == 1 && of == stream:
			// RFC 7541, appendix A: the statuses that have a number of their own.
			return map[byte]string{0x88: "200", 0x8c: "400", 0x8d: "404", 0x8e: "500"}[payload[0]]
		}
	}
}

func TestWhatIsNotQuiteHTTP2(t *testing.T) {
	o := newOffice(t)
	srv := o.overHTTP2(t)
	basic := []string{":method", "GET", ":scheme", "https", ":path", o.Base + "/login", ":authority", "office.example"}
	with := func(more ...string) []string { return append(slices.Clone(basic), more...) }
	for _, c := range []struct {
		name   string
		fields []string
		want   string
	}{
		{"a request", basic, "200"},
		{"another authority, which no link follows", []string{":method", "GET", ":scheme", "https", ":path", o.Base + "/login", ":authority", "evil.example"}, "200"},
		{"a host beside the authority", with("host", "evil.example"), "200"},
		{"a line in a value", with("x-split", "a\r\nhost: evil.example"), "reset"},
		{"a line in a name", with("x-split: a\r\nhost", "b"), "reset"},
		{"a NUL", with("x-nul", "a\x00b"), "reset"},
		{"upper case", with("X-Upper", "a"), "reset"},
		{"a connection's own field", with("connection", "close"), "400"},
		{"chunks", with("transfer-encoding", "chunked"), "400"},
		{"two paths", with(":path", o.Base+"/account"), "reset"},
		{"a pseudo-field at the end", with("x", "y", ":path", "/"), "reset"},
		{"no path", []string{":method", "GET", ":scheme", "https", ":authority", "office.example"}, "reset"},
		{"a path without a slash", []string{":method", "GET", ":scheme", "https", ":path", strings.TrimPrefix(o.Base, "/") + "/login", ":authority", "office.example"}, "reset"},
		{"an absolute path, which is as good as the other", []string{":method", "GET", ":scheme", "https", ":path", "https://evil.example" + o.Base + "/login", ":authority", "office.example"}, "200"},
		{"a WebSocket over HTTP/2", []string{":method", "CONNECT", ":protocol", "websocket", ":scheme", "https", ":path", o.Base + "/login", ":authority", "office.example"}, "reset"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := openHTTP2(t, srv)
			f.ask(1, true, c.fields...)
			require.Equal(t, c.want, f.outcome(1))
		})
	}
	t.Run("cookies in crumbs are those of one line", func(t *testing.T) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		f := openHTTP2(t, srv)
		f.ask(1, true, ":method", "GET", ":scheme", "https", ":path", o.Base+"/account", ":authority", "office.example", "user-agent", "x",
			"cookie", "theme=dark", "cookie", o.Named(sessionCookie)+"="+ada.Cookie(sessionCookie))
		require.Empty(t, f.outcome(1), "another browser: on to the sign-in")
		f = openHTTP2(t, srv)
		f.ask(1, true, ":method", "GET", ":scheme", "https", ":path", o.Base+"/account", ":authority", "office.example", "user-agent", ada.Agent,
			"sec-fetch-site", "same-origin", "cookie", "theme=dark", "cookie", o.Named(sessionCookie)+"="+ada.Again().Cookie(sessionCookie))
		require.Equal(t, "200", f.outcome(1))
	})
	t.Run("a form whose length lies is reset and was never posted", func(t *testing.T) {
		events := len(o.Events())
		f := openHTTP2(t, srv)
		f.ask(1, false, ":method", "POST", ":scheme", "https", ":path", o.Base+"/login", ":authority", "office.example", "content-length", "3", "origin", "null", "sec-fetch-site", "same-origin")
		f.write(0, 1, 1, "login=Ada&password=x")
		require.Contains(t, []string{"reset", "400"}, f.outcome(1))
		for _, e := range o.Events()[events:] {
			require.NotEqual(t, "signin.refused", e.Code)
		}
	})
	t.Run("a form that is cancelled again and again leaves nothing", func(t *testing.T) {
		before := o.Dump()
		f := openHTTP2(t, srv)
		for i := range uint32(400) {
			f.ask(2*i+1, false, ":method", "POST", ":scheme", "https", ":path", o.Base+"/login", ":authority", "office.example", "origin", "null", "sec-fetch-site", "same-origin")
			f.write(3, 0, 2*i+1, "\x00\x00\x00\x08") // CANCEL
		}
		f.Close()
		fresh := openHTTP2(t, srv)
		fresh.ask(1, true, basic...)
		require.Equal(t, "200", fresh.outcome(1))
		srv.Close() // waits for all handlers
		require.True(t, before == o.Dump())
	})
}

// TestAThousandStreamsGetTheirAnswers also gives up on every third one.
func TestAThousandStreamsGetTheirAnswers(t *testing.T) {
	o := newOffice(t)
	srv := o.overHTTP2(t)
	client := *srv.Client()
	var all sync.WaitGroup
	var mu sync.Mutex
	tokens, answered := map[string]bool{}, 0
	for i := range 1000 {
		all.Go(func() {
			jar, _ := cookiejar.New(nil)
			mine := client
			mine.Jar = jar
			going, cancel := context.WithCancel(ctx)
			defer cancel()
			r, err := http.NewRequestWithContext(going, http.MethodGet, srv.URL+o.Base+"/login", nil)
			if err != nil {
				t.Error(err)
				return
			}
			if i%3 == 0 {
				cancel()
			}
			res, err := mine.Do(r)
			if err != nil {
				if i%3 != 0 {
					t.Error(err)
				}
				return
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			mu.Lock()
			defer mu.Unlock()
			answered++
			if m := csrfTag.FindSubmatch(body); err != nil || res.StatusCode != http.StatusOK || m == nil || tokens[string(m[1])] {
				t.Errorf("%d %v: no page of its own", res.StatusCode, err)
			} else {
				tokens[string(m[1])] = true
			}
		})
	}
	all.Wait()
	require.GreaterOrEqual(t, answered, 666)
}
