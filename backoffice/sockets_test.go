package backoffice_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// rawConn is a connection to the office on which anything can be written.
type rawConn struct {
	t *testing.T
	net.Conn
	read *bufio.Reader
}

// dial connects over plain TCP.
func dial(t *testing.T, srv *httptest.Server) *rawConn {
	t.Helper()
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	return &rawConn{t, conn, bufio.NewReader(conn)}
}

func (r *rawConn) send(text string) *rawConn {
	r.t.Helper()
	_, err := io.WriteString(r, text)
	require.NoError(r.t, err)
	return r
}

// answer reads one answer; nil if the server hung up instead.
func (r *rawConn) answer() (*http.Response, string) {
	r.t.Helper()
	res, err := http.ReadResponse(r.read, nil)
	if err != nil {
		return nil, ""
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(r.t, err)
	return res, string(body)
}

// withTimeouts serves the office as docs/deployment.md says, in a hurry.
func (o *office) withTimeouts(t *testing.T, header, read time.Duration) *httptest.Server {
	srv := httptest.NewUnstartedServer(o.Wrap(http.HandlerFunc(community)))
	srv.Config.ReadHeaderTimeout, srv.Config.ReadTimeout, srv.Config.WriteTimeout, srv.Config.MaxHeaderBytes = header, read, time.Minute, 64<<10
	srv.Config.ErrorLog = o.Server.Config.ErrorLog
	srv.Start()
	t.Cleanup(srv.Close)
	return srv
}

// head begins a POST to a page of the office, with a body of some length.
func (o *office) head(path string, more string) string {
	return "POST " + o.Base + path + " HTTP/1.1\r\nHost: office.example\r\nUser-Agent: x\r\nOrigin: null\r\nSec-Fetch-Site: same-origin\r\n" +
		"Content-Type: application/x-www-form-urlencoded\r\n" + more + "\r\n"
}

func TestABodyThatDoesNotComeHoldsNothing(t *testing.T) {
	o := newOffice(t, insecure)
	o.Set(map[string]string{"two_factor.who": "recommended"})
	o.Person("Ada", backoffice.Moderator)
	o.Browser().Get("/login") // which reads the parameters
	o.Store.Reset()
	srv := o.withTimeouts(t, time.Minute, time.Minute)
	var under, most atomic.Int32
	o.Store.Around(func(_ int, done bool) {
		if done {
			under.Add(-1)
		} else if n := under.Add(1); n > most.Load() {
			most.Store(n)
		}
	})
	before := o.Dump()
	var slow []*rawConn
	for i := range 100 {
		path := []string{"/login", "/login/code", "/forgot", "/reset", "/welcome", "/setup", "/logout", "/host"}[i%8]
		r := dial(t, srv).send(o.head(path, "Expect: 100-continue\r\nContent-Length: 100\r\n"))
		line, err := r.read.ReadString('\n')
		require.NoError(t, err)
		require.Contains(t, line, "100 Continue", "it waits for the body now")
		blank, _ := r.read.ReadString('\n')
		require.Equal(t, "\r\n", blank)
		slow = append(slow, r.send("login=Ada&password="))
	}
	for _, call := range o.Store.Calls() {
		require.Equal(t, "ParametersRevision", call, "the alias is all that was looked at")
	}
	require.Zero(t, under.Load(), "nothing waits inside the store")
	require.True(t, before == o.Dump())
	require.Zero(t, o.Stats().Hashing.Running)

	// Everyone else is served.
	require.Equal(t, "/", o.Browser().Login("Ada", good).Location)

	events := len(o.Events())
	for i, r := range slow {
		if i%2 == 0 {
			r.Close() // gone
			continue
		}
		r.send(strings.Repeat("x", 100-len("login=Ada&password=")))
		res, _ := r.answer()
		require.NotNil(t, res)
		require.NotEqual(t, http.StatusOK, res.StatusCode)
		require.Less(t, res.StatusCode, 500)
	}
	srv.Close() // waits until no handler runs
	for _, e := range o.Events()[events:] {
		require.NotContains(t, []string{"signin.refused", "signin.succeeded"}, e.Code, "half a form is no attempt")
	}
}

func TestASlowClientIsHungUpOn(t *testing.T) {
	o := newOffice(t, insecure)
	srv := o.withTimeouts(t, 50*time.Millisecond, 100*time.Millisecond)
	before := o.Dump("events")
	var all []*rawConn
	for range 20 {
		all = append(all,
			dial(t, srv),
			dial(t, srv).send("GET "+o.Base+"/login HTTP/1.1\r\nHost: office.example\r\nX-Slow"),
			dial(t, srv).send(o.head("/login", "Content-Length: 100\r\n")+"login="),
			dial(t, srv).send(o.head("/login", "Transfer-Encoding: chunked\r\n")+"64\r\nlogin="),
		)
	}
	for _, r := range all {
		if res, body := r.answer(); res != nil {
			require.GreaterOrEqual(t, res.StatusCode, 400, body)
			require.NotContains(t, body, "i/o timeout")
		}
		_, err := r.read.ReadByte()
		require.Error(t, err, "hung up")
	}
	srv.Close()
	require.True(t, before == o.Dump("events"), "no attempt was counted")
}

// TestWhatIsNotQuiteHTTP has a row for each way to make two servers disagree about
// where a request ends (RFC 9112, section 11), and for sizes.
func TestWhatIsNotQuiteHTTP(t *testing.T) {
	o := newOffice(t, insecure)
	o.Person("Ada", backoffice.Moderator)
	srv := o.withTimeouts(t, time.Minute, time.Minute)
	form := url.Values{"login": {"Ada"}, "password": {good}}.Encode()
	get := "GET " + o.Base + "/login HTTP/1.1\r\nHost: office.example\r\n"
	sized := func(n int) string { return fmt.Sprintf("Content-Length: %d\r\n", n) }
	for _, c := range []struct {
		name, text string
		// answers are the status codes that come back, in their order, before the
		// server hangs up. What needs a token and has none is 403.
		answers []int
	}{
		{"three at once are answered in turn", get + "\r\n" + get + "\r\n" + get + "Connection: close\r\n\r\n", []int{200, 200, 200}},
		{"a body longer than it says begins the next request", o.head("/login", sized(5)) + form + "\r\n\r\n", []int{403, 400}},
		{"two lengths", o.head("/login", sized(5)+sized(6)) + form, []int{400}},
		{"a length that is none", o.head("/login", "Content-Length: +5\r\n") + form, []int{400}},
		{"a negative length", o.head("/login", "Content-Length: -1\r\n") + form, []int{400}},
		{"two lengths in one", o.head("/login", "Content-Length: 5, 6\r\n") + form, []int{400}},
		{"a length and chunks, of which chunks are right", o.head("/login", sized(4)+"Transfer-Encoding: chunked\r\nConnection: close\r\n") + "0\r\n\r\n", []int{403}},
		{"an encoding that is unknown", o.head("/login", "Transfer-Encoding: xchunked\r\n") + "0\r\n\r\n", []int{501}},
		{"two encodings", o.head("/login", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n") + "0\r\n\r\n", []int{501}},
		{"a chunk whose size is none", o.head("/login", "Transfer-Encoding: chunked\r\n") + "zz\r\nlogin\r\n0\r\n\r\n", []int{400}},
		{"a chunk longer than any", o.head("/login", "Transfer-Encoding: chunked\r\n") + "ffffffffffffffff1\r\nlogin\r\n0\r\n\r\n", []int{400}},
		{"a chunk that ends too late", o.head("/login", "Transfer-Encoding: chunked\r\n") + "2\r\nlogin\r\n0\r\n\r\n", []int{400}},
		{"a trailer that wants to be a header", o.head("/login", "Transfer-Encoding: chunked\r\nTrailer: Cookie\r\nConnection: close\r\n") + "0\r\nCookie: " + "office=x\r\n\r\n", []int{403}},
		{"a trailer with a token", o.head("/login", "Transfer-Encoding: chunked\r\nTrailer: X-CSRF-Token\r\nConnection: close\r\n") + "0\r\nX-CSRF-Token: x\r\n\r\n", []int{403}},
		{"an expectation that is unknown", o.head("/login", "Expect: 200-ok\r\nConnection: close\r\n"), []int{417}},
		{"a GET with a body", get + sized(len(form)) + "Connection: close\r\n\r\n" + form, []int{200}},
		{"a form that is as large as can be", o.head("/login", sized(64<<10)+"Connection: close\r\n") + strings.Repeat("x", 64<<10), []int{403}},
		{"a form that is larger by one", o.head("/login", sized(64<<10+1)+"Connection: close\r\n") + strings.Repeat("x", 64<<10+1), []int{413}},
		{"the same in chunks", o.head("/login", "Transfer-Encoding: chunked\r\nConnection: close\r\n") + "10001\r\n" + strings.Repeat("x", 64<<10+1) + "\r\n0\r\n\r\n", []int{413}},
		{"a header that is too large", get + "X-Large: " + strings.Repeat("x", 80<<10) + "\r\n\r\n", []int{431}},
		{"no host", "GET " + o.Base + "/login HTTP/1.1\r\n\r\n", []int{400}},
		{"two hosts", get + "Host: evil.example\r\n\r\n", []int{400}},
		{"a header with a space before the colon", get + "Content-Length : 5\r\n\r\n", []int{400}},
		{"a header that goes on in the next line", get + "X-Long: a\r\n b\r\nConnection: close\r\n\r\n", []int{200}},
		{"a header with a NUL", get + "X-Nul: a\x00b\r\n\r\n", []int{400}},
		{"a bare CR", get + "X-Cr: a\rCookie: b\r\n\r\n", []int{400}},
		{"a path with a space", "GET " + o.Base + "/login x HTTP/1.1\r\nHost: office.example\r\n\r\n", []int{400}},
		{"a version to come", "GET " + o.Base + "/login HTTP/3.0\r\nHost: office.example\r\n\r\n", []int{505}},
		{"HTTP/1.0", "GET " + o.Base + "/login HTTP/1.0\r\n\r\n", []int{200}},
		{"HTTP/2 with prior knowledge is the community's", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", []int{404}},
		{"a proxy's request for another host", "GET http://evil.example" + o.Base + "/login HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", []int{200}},
		{"a tunnel", "CONNECT " + o.Base + "/login HTTP/1.1\r\nHost: office.example\r\nConnection: close\r\n\r\n", []int{405}},
		{"TRACE", "TRACE " + o.Base + "/login HTTP/1.1\r\nHost: office.example\r\nCookie: office=x\r\nConnection: close\r\n\r\n", []int{405}},
	} {
		t.Run(c.name, func(t *testing.T) {
			events := len(o.Events())
			r := dial(t, srv)
			done := make(chan error, 1)
			go func() { _, err := io.WriteString(r, c.text); done <- err }()
			var got []int
			for {
				res, body := r.answer()
				if res == nil {
					break
				}
				got = append(got, res.StatusCode)
				require.NotContains(t, body, "evil.example")
				require.Empty(t, res.Header.Values("Location"))
			}
			<-done // the server may have hung up before it read everything
			require.Equal(t, c.answers, got)
			for _, e := range o.Events()[events:] {
				require.Contains(t, []string{"request.malformed", "request.forged"}, e.Code)
			}
		})
	}
}
