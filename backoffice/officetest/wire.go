package officetest

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
)

// wire is an HTTP server without a port: connections are made in memory. What it serves is
// what net/http serves: streams, broken answers and connections that are taken over behave as
// they would.
type wire struct {
	transport *http.Transport
	server    *http.Server
	conns     chan net.Conn
	closed    chan struct{}
	once      sync.Once
}

// newWire returns a wire to handler, which starts with its first connection and ends with the
// test.
func newWire(t testing.TB, handler http.Handler) *wire {
	w := &wire{conns: make(chan net.Conn), closed: make(chan struct{})}
	secure := &tls.ConnectionState{Version: tls.VersionTLS13, HandshakeComplete: true}
	w.server = &http.Server{
		Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if _, over := r.Context().Value(http.LocalAddrContextKey).(tlsAddr); over {
				r.TLS = secure
			}
			handler.ServeHTTP(rw, r)
		}),
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // the office logs what matters
	}
	w.transport = &http.Transport{
		DialContext:        func(ctx context.Context, _, _ string) (net.Conn, error) { return w.dial(ctx, addr{}) },
		DialTLSContext:     func(ctx context.Context, _, _ string) (net.Conn, error) { return w.dial(ctx, tlsAddr{}) },
		DisableCompression: true, // or it would hide that an answer was compressed
	}
	t.Cleanup(func() {
		close(w.closed)
		w.transport.CloseIdleConnections()
		_ = w.server.Close()
	})
	return w
}

func (w *wire) dial(ctx context.Context, local net.Addr) (net.Conn, error) {
	w.once.Do(func() { go func() { _ = w.server.Serve(listener{w}) }() })
	near, far := net.Pipe()
	select {
	case w.conns <- conn{far, local}:
		return near, nil
	case <-w.closed:
		return nil, errors.New("the test has ended")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// listener is the end of the wire where the server is.
type listener struct{ *wire }

func (l listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l listener) Close() error   { return nil }
func (l listener) Addr() net.Addr { return addr{} }

// conn is a connection as the server sees it.
type conn struct {
	net.Conn
	local net.Addr
}

func (c conn) LocalAddr() net.Addr  { return c.local }
func (c conn) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(visitor), Port: 1234} }

// addr is the server's address, and tlsAddr the one that is reached over HTTPS.
type (
	addr    struct{}
	tlsAddr struct{ addr }
)

func (addr) Network() string { return "memory" }
func (addr) String() string  { return "192.0.2.2:443" }
