package backoffice_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// behind is how requests get from a front, which ends TLS, to the office.
type behind struct {
	// office sets what the host knows of it.
	office func(*backoffice.Config)
	// listen is the network of the office's server; wrap puts a protocol of its own on
	// its connections, and hello is what the front sends first on each.
	listen string
	wrap   func(net.Listener) net.Listener
	hello  string
	tls    bool
	h2c    bool
	// outside is what the host has outside the gate.
	outside func(http.Handler) http.Handler
	// headers are what the front adds, in place of X-Forwarded-*.
	headers map[string]string
	// ip is what the audit log has. If empty, the office refuses, and says cause.
	ip, cause string
}

func TestWhereTLSEndsBeforeTheServer(t *testing.T) {
	proxies := func(c *backoffice.Config) {
		c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	}
	sockets := func(c *backoffice.Config) { c.TrustUnixSockets = true }
	always := func(c *backoffice.Config) {
		c.Client = func(_ *http.Request, found backoffice.Client) backoffice.Client {
			found.TLS = true
			return found
		}
	}
	none := func(*backoffice.Config) {}
	const front = "127.0.0.1"
	for name, b := range map[string]behind{
		"TCP": {office: proxies, listen: "tcp", ip: front},
		"TCP over IPv6, behind another proxy": {office: proxies, listen: "tcp6",
			headers: map[string]string{"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.66, 2001:db8::7, 127.0.0.1"}, ip: "2001:db8::7"},
		"a Unix socket, not trusted":                             {office: none, listen: "unix", cause: "set TrustUnixSockets"},
		"a Unix socket":                                          {office: sockets, listen: "unix", ip: front},
		"HTTP/2 without TLS":                                     {office: proxies, listen: "tcp", h2c: true, ip: front},
		"the same, on a Unix socket":                             {office: sockets, listen: "unix", h2c: true, ip: front},
		"TLS by a private authority":                             {office: proxies, listen: "tcp", tls: true, ip: front},
		"TLS by a private authority, from nobody who is trusted": {office: none, listen: "tcp", tls: true, ip: front},
		"the PROXY protocol":                                     {office: always, listen: "tcp", wrap: proxied, hello: "PROXY TCP4 203.0.113.9 10.0.0.1 4711 443\r\n", ip: "203.0.113.9"},
		"the PROXY protocol, on a Unix socket":                   {office: always, listen: "unix", wrap: proxied, hello: "PROXY TCP6 2001:db8::9 2001:db8::1 4711 443\r\n", ip: "2001:db8::9"},
		"the PROXY protocol, of which the office was not told": {office: none, listen: "tcp", wrap: proxied, hello: "PROXY TCP4 203.0.113.9 10.0.0.1 4711 443\r\n",
			headers: map[string]string{}, cause: "as with the PROXY protocol, set Client"},
		"an adapter of a platform":                                   {office: asksPlatform, listen: "tcp", outside: adapted, ip: "203.0.113.9"},
		"an adapter of a platform, of which the office was not told": {office: none, listen: "tcp", outside: adapted, cause: "it was rewritten before office.Wrap"},
		"an adapter, and TrustedProxies":                             {office: proxies, listen: "tcp", outside: adapted, cause: "it was rewritten before office.Wrap"},
		"middleware that believes a header, which names a proxy": {office: proxies, listen: "tcp", outside: realIP,
			headers: map[string]string{"X-Real-Ip": "127.0.0.1", "X-Forwarded-Proto": "https"}, cause: "by middleware such as RealIP"},
		"middleware that believes a header, and the host knows the connection": {office: connected, listen: "tcp", outside: realIP,
			headers: map[string]string{"X-Real-Ip": "198.51.100.1", "X-Forwarded-Proto": "https"}, ip: front},
		"a stranger claims TLS": {office: none, listen: "tcp", headers: map[string]string{"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}, cause: "not in TrustedProxies"},
	} {
		t.Run(name, func(t *testing.T) { b.try(t) })
	}
}

func (b behind) try(t *testing.T) {
	o := newOffice(t, b.office)
	handler := o.Wrap(http.HandlerFunc(community))
	if b.outside != nil {
		handler = b.outside(handler)
	}
	address := map[string]string{"tcp": "127.0.0.1:0", "tcp6": "[::1]:0"}[b.listen]
	if b.listen == "unix" {
		dir, err := os.MkdirTemp("", "office") // t.TempDir is too long for a socket
		require.NoError(t, err)
		t.Cleanup(func() { os.RemoveAll(dir) })
		address = filepath.Join(dir, "s")
	}
	listener, err := net.Listen(b.listen, address)
	require.NoError(t, err)
	if b.wrap != nil {
		listener = b.wrap(listener)
	}
	back := &httptest.Server{Listener: listener, Config: &http.Server{Handler: handler, ConnContext: func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, connection{}, c.RemoteAddr())
	}}}
	scheme := "http"
	transport := &http.Transport{Protocols: new(http.Protocols), TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, b.listen, listener.Addr().String())
			if err == nil && b.hello != "" {
				_, err = io.WriteString(conn, b.hello)
			}
			return conn, err
		}}
	transport.Protocols.SetHTTP1(!b.h2c)
	transport.Protocols.SetUnencryptedHTTP2(b.h2c)
	if b.h2c {
		back.Config.Protocols = transport.Protocols
	}
	if b.tls {
		scheme = "https"
		back.StartTLS()
	} else {
		back.Start()
	}
	t.Cleanup(back.Close)
	t.Cleanup(transport.CloseIdleConnections)
	o.Server.Config.Handler = &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: scheme, Host: "office.example"})
		if b.headers == nil {
			r.SetXForwarded()
		}
		for name, value := range b.headers {
			r.Out.Header.Set(name, value)
		}
	}}
	o.Set(map[string]string{"two_factor.who": "recommended"})
	o.Person("Ada", backoffice.Moderator)
	browser := o.Browser()
	if b.ip == "" {
		browser.Bare = true
		refused := browser.Get("/login")
		require.Equal(t, http.StatusForbidden, refused.Status)
		require.Contains(t, strings.ReplaceAll(refused.Text(), "’", "'"), b.cause)
		require.Empty(t, refused.Header["Set-Cookie"])
		require.Empty(t, refused.Header["Strict-Transport-Security"])
		return
	}
	require.Equal(t, "/", browser.Login("Ada", good).Location) // each answer has HSTS, each cookie is Secure: see requireHeaders
	require.True(t, browser.SignedIn())
	events := o.Events()
	require.Equal(t, b.ip, events[len(events)-1].IP)
}

// connection is where a server keeps who connected to it.
type connection struct{}

// connected is an office that asks the connection, behind whatever rewrote RemoteAddr.
func connected(c *backoffice.Config) {
	c.Client = func(r *http.Request, _ backoffice.Client) backoffice.Client {
		at, _ := netip.ParseAddrPort(r.Context().Value(connection{}).(net.Addr).String())
		return backoffice.Client{IP: at.Addr(), TLS: at.Addr().IsLoopback()}
	}
}

// event is what a platform says of a request.
type event struct{}

// asksPlatform is an office that asks the platform.
func asksPlatform(c *backoffice.Config) {
	c.Client = func(r *http.Request, found backoffice.Client) backoffice.Client {
		ip, ok := r.Context().Value(event{}).(netip.Addr)
		if !ok {
			return found
		}
		return backoffice.Client{IP: ip, TLS: true}
	}
}

// adapted makes requests as adapters for AWS Lambda do.
func adapted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		own, err := http.NewRequest(r.Method, r.URL.String(), r.Body)
		if err != nil {
			panic(err)
		}
		own.Header, own.RemoteAddr = r.Header, "203.0.113.9"
		next.ServeHTTP(w, own.WithContext(context.WithValue(r.Context(), event{}, netip.MustParseAddr("203.0.113.9"))))
	})
}

// realIP is middleware that believes a header, whoever sent it.
func realIP(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = r.Header.Get("X-Real-Ip")
		next.ServeHTTP(w, r)
	})
}

// proxied is a listener whose connections begin with a line of the PROXY protocol.
func proxied(l net.Listener) net.Listener { return proxyListener{l} }

type proxyListener struct{ net.Listener }

func (l proxyListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	read := bufio.NewReader(conn)
	var family, from, to string
	var fromPort, toPort int
	if _, err := fmt.Fscanf(read, "PROXY %s %s %s %d %d\r\n", &family, &from, &to, &fromPort, &toPort); err != nil {
		return nil, err
	}
	return proxyConn{conn, read, &net.TCPAddr{IP: net.ParseIP(from), Port: fromPort}, &net.TCPAddr{IP: net.ParseIP(to), Port: toPort}}, nil
}

type proxyConn struct {
	net.Conn
	read     *bufio.Reader
	from, to net.Addr
}

func (c proxyConn) Read(p []byte) (int, error) { return c.read.Read(p) }
func (c proxyConn) RemoteAddr() net.Addr       { return c.from }
func (c proxyConn) LocalAddr() net.Addr        { return c.to }
