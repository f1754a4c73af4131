package pages_test

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
)

const (
	strangersAddress = "203.0.113.9"
	proxysAddress    = "10.0.0.1"
)

// arrivals is a request that came to an office in one of many ways.
type arrivals struct {
	name, remote string
	// at is the network and address that the server listens on; empty for one that is
	// not net/http.
	at     string
	tls    bool
	ips    []string
	protos []string
	// sockets trusts Unix sockets.
	sockets bool
	client  func(*http.Request, pages.Client) pages.Client
	ip      string
	// cause is "" if the request came over TLS.
	cause string
}

// known returns what a host's function knows of every request.
func known(ip string, tls bool) func(*http.Request, pages.Client) pages.Client {
	said := pages.Client{TLS: tls}
	if ip != "" {
		said.IP = netip.MustParseAddr(ip)
	}
	return func(*http.Request, pages.Client) pages.Client { return said }
}

// overTLS is a host that knows only that.
func overTLS(_ *http.Request, found pages.Client) pages.Client {
	return pages.Client{IP: found.IP, TLS: true}
}

func TestHowARequestArrives(t *testing.T) {
	const (
		tcp       = "tcp 10.0.0.9:8080"
		unix      = "unix /run/office.sock"
		socket    = "came through a Unix socket"
		portless  = "RemoteAddr is an IP address without a port"
		adapter   = "RemoteAddr is not an IP address and port"
		noAddress = "returned no IP address"
	)
	https, person := []string{"https"}, []string{strangersAddress}
	for _, c := range []arrivals{
		// Unix sockets.
		{name: "a Unix socket", remote: "@", at: unix, ips: person, protos: https, ip: "unknown", cause: socket},
		{name: "a Unix socket of macOS", remote: "", at: unix, ips: person, protos: https, ip: "unknown", cause: socket},
		{name: "a trusted one", remote: "@", at: unix, ips: person, protos: https, sockets: true, ip: strangersAddress},
		{name: "a trusted one in the abstract", remote: "@", at: "unix @office", ips: person, protos: https, sockets: true, ip: strangersAddress},
		{name: "a trusted one whose proxy has a path", remote: "/run/proxy.sock", at: unix, ips: person, protos: https, sockets: true, ip: strangersAddress},
		{name: "a trusted one over plain HTTP", remote: "@", at: unix, ips: person, protos: []string{"http"}, sockets: true, ip: strangersAddress, cause: "your proxy was reached over plain HTTP"},
		{name: "a trusted one that says nothing", remote: "@", at: unix, sockets: true, ip: "unknown", cause: "The proxy is trusted, but sent no X-Forwarded-Proto"},
		{name: "a trusted one that says no IP address", remote: "@", at: unix, protos: https, sockets: true, ip: "unknown"},
		{name: "a trusted one, with what the client made up", remote: "@", at: unix, ips: []string{"10.0.0.7, " + strangersAddress}, protos: []string{"https, http"}, sockets: true, ip: strangersAddress, cause: "value 2 counts: http"},
		{name: "a trusted one behind a trusted proxy", remote: "@", at: unix, ips: []string{strangersAddress + ", " + proxysAddress}, protos: []string{"https, http"}, sockets: true, ip: strangersAddress},
		{name: "a trusted one behind another one of nginx", remote: "@", at: unix, ips: []string{strangersAddress + ", unix:"}, protos: []string{"https, http"}, sockets: true, ip: strangersAddress},
		{name: "a proxy behind one of nginx", remote: proxysAddress + ":80", at: tcp, ips: []string{strangersAddress + ", unix:"}, protos: []string{"https, http"}, sockets: true, ip: strangersAddress},
		{name: "a socket of nginx that is not trusted", remote: proxysAddress + ":80", at: tcp, ips: []string{strangersAddress + ", unix:"}, protos: https, ip: proxysAddress},
		{name: "a client whose own end is named like a proxy", remote: proxysAddress + ":80", at: unix, ips: person, protos: https, ip: "unknown", cause: socket},
		{name: "a client named like a stranger at a trusted one", remote: "198.51.100.1:80", at: unix, ips: person, protos: https, sockets: true, ip: strangersAddress},
		{name: "sockets are trusted, but this is none", remote: "198.51.100.1:80", at: tcp, ips: person, protos: https, sockets: true, ip: "198.51.100.1", cause: "not in TrustedProxies"},
		{name: "sockets are trusted, and TCP pretends", remote: "@", at: tcp, ips: person, protos: https, sockets: true, ip: "unknown", cause: adapter},
		{name: "sockets are trusted, and an adapter pretends", remote: "@", ips: person, protos: https, sockets: true, ip: "unknown", cause: adapter},
		{name: "TLS on a Unix socket", remote: "@", at: unix, tls: true, ip: "unknown"},

		// RemoteAddr was rewritten.
		{name: "by RealIP", remote: strangersAddress, at: tcp, protos: https, ip: "unknown", cause: portless},
		{name: "by RealIP, to a proxy's", remote: proxysAddress, at: tcp, ips: []string{"198.51.100.1"}, protos: https, ip: "unknown", cause: portless},
		{name: "by RealIP, to IPv6", remote: "2001:db8:f::1", at: tcp, protos: https, ip: "unknown", cause: portless},
		{name: "by RealIP, over TLS", remote: proxysAddress, at: tcp, tls: true, ips: person, ip: "unknown"},
		{name: "by RealIP, on a Unix socket", remote: proxysAddress, at: unix, ips: person, protos: https, ip: "unknown", cause: socket},
		{name: "by RealIP, on a trusted Unix socket", remote: "198.51.100.1", at: unix, ips: person, protos: https, sockets: true, ip: strangersAddress},
		{name: "to a name", remote: "proxy.internal:80", at: tcp, protos: https, ip: "unknown", cause: adapter},
		{name: "to a list", remote: strangersAddress + ", " + proxysAddress, at: tcp, protos: https, ip: "unknown", cause: adapter},
		{name: "to nobody's", remote: "0.0.0.0:0", protos: https, ip: "unknown", cause: adapter},
		{name: "by the PROXY protocol", remote: strangersAddress + ":4711", at: tcp, ip: strangersAddress, cause: "does not come from an IP address in TrustedProxies"},
		{name: "by the PROXY protocol, over TLS", remote: strangersAddress + ":4711", at: tcp, tls: true, ip: strangersAddress},

		// The host knows better.
		{name: "the host knows both", remote: "", client: known("2001:db8::7", true), ip: "2001:db8::7"},
		{name: "the host knows TLS alone", remote: strangersAddress + ":4711", at: tcp, client: overTLS, ip: strangersAddress},
		{name: "the host knows TLS alone, behind a trusted proxy", remote: proxysAddress + ":80", at: tcp, ips: person, client: overTLS, ip: strangersAddress},
		{name: "the host knows TLS alone, and nothing shows an IP address", remote: "", client: overTLS, ip: "unknown", cause: noAddress},
		{name: "the host knows TLS alone, and RemoteAddr was rewritten", remote: strangersAddress, at: tcp, client: overTLS, ip: "unknown", cause: noAddress},
		{name: "the host knows the IP address alone", remote: proxysAddress + ":80", at: tcp, ips: []string{proxysAddress}, protos: https,
			client: func(_ *http.Request, found pages.Client) pages.Client {
				return pages.Client{IP: netip.MustParseAddr(strangersAddress), TLS: found.TLS}
			}, ip: strangersAddress},
		{name: "the host knows the IP address alone, and nothing shows TLS", remote: "", client: known(strangersAddress, false), ip: strangersAddress, cause: "says that the request did not come over TLS"},
		{name: "the host says plain HTTP", remote: strangersAddress + ":4711", at: tcp, tls: true, client: known(strangersAddress, false), ip: strangersAddress, cause: "says that the request did not come over TLS"},
		{name: "the host says plain HTTP of what a proxy says is TLS", remote: proxysAddress + ":80", at: tcp, protos: https, client: known(strangersAddress, false), ip: strangersAddress, cause: "says that the request did not come over TLS"},
		{name: "the host knows nothing, and passes on what was found", remote: "", protos: https, client: func(_ *http.Request, found pages.Client) pages.Client { return found }, ip: "unknown", cause: adapter},
		{name: "the host passes on a proxy's word", remote: proxysAddress + ":80", at: tcp, ips: person, protos: https, client: func(_ *http.Request, found pages.Client) pages.Client { return found }, ip: strangersAddress},
		{name: "the host says nothing", remote: strangersAddress + ":4711", at: tcp, client: known("", false), ip: strangersAddress, cause: noAddress},
		{name: "the host says nothing of a request over TLS", remote: strangersAddress + ":4711", at: tcp, tls: true, client: known("", false), ip: strangersAddress},
		{name: "the host says nobody's IP address", remote: proxysAddress + ":80", at: tcp, client: known("0.0.0.0", true), ip: proxysAddress, cause: noAddress},
		{name: "the host says IPv4 written as IPv6", remote: "", client: known("::ffff:203.0.113.9", true), ip: strangersAddress},
		{name: "the host says a zone", remote: "", client: known("fe80::1%eth0", true), ip: "fe80::1"},
		{name: "the host panics", remote: strangersAddress + ":4711", at: tcp, client: func(*http.Request, pages.Client) pages.Client { panic("oh") }, ip: strangersAddress, cause: "panicked"},
		{name: "the host aborts", remote: strangersAddress + ":4711", at: tcp, tls: true, client: func(*http.Request, pages.Client) pages.Client { panic(http.ErrAbortHandler) }, ip: strangersAddress},
		{name: "the host reads its context", remote: "", client: func(r *http.Request, found pages.Client) pages.Client {
			if r.Context().Value(lambda{}) == nil {
				return found
			}
			return pages.Client{IP: netip.MustParseAddr(r.Context().Value(lambda{}).(string)), TLS: true}
		}, ip: "198.51.100.77"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := pages.Arrived(c.request(t), pages.Config{
				Proxies: prefixes("10.0.0.0/8", "2001:db8:f::/48"), Header: xff, UnixSockets: c.sockets, Client: c.client,
				Desk: &desk.Desk{Config: desk.Config{Log: slog.New(slog.DiscardHandler)}},
			})
			require.Equal(t, c.ip, got.IP)
			require.Equal(t, c.cause == "", got.TLS, got.Cause)
			require.Contains(t, got.Cause, c.cause)
			require.Less(t, len(got.Cause), 400)
			require.NotContains(t, got.Cause, strangersAddress, "the page shows no IP address")
		})
	}
}

// lambda is where an adapter puts what the platform says.
type lambda struct{}

func (c arrivals) request(t *testing.T) *http.Request {
	r := (&http.Request{RemoteAddr: c.remote, Header: http.Header{xff: c.ips, "X-Forwarded-Proto": c.protos}}).
		WithContext(context.WithValue(t.Context(), lambda{}, "198.51.100.77"))
	if c.tls {
		r.TLS = &tls.ConnectionState{}
	}
	network, address, _ := strings.Cut(c.at, " ")
	var at net.Addr
	switch network {
	case "unix":
		at = &net.UnixAddr{Name: address, Net: network}
	case "tcp":
		at = net.TCPAddrFromAddrPort(netip.MustParseAddrPort(address))
	default:
		return r
	}
	return r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, at))
}
