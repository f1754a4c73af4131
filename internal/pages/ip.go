package pages

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"strings"
)

// Client is a backoffice.Client.
type Client struct {
	IP  netip.Addr
	TLS bool
}

// arrival is who a request came from, and how. It is decided once for each request,
// in [Server.arrive]: limits, the audit log, the networks that may sign in, cookies and
// the refusal of plain HTTP all follow it.
type arrival struct {
	Client
	// peer connected to the server. It is the zero Addr if RemoteAddr does not show it.
	peer netip.Addr
	// unix reports that the peer connected to a Unix socket.
	unix bool
	// proxies are how many trusted ones the request came through.
	proxies int
	// objection is why the answer of Config.Client leaves the request in the clear, if
	// it is the reason: the end of the key of a message.
	objection string
}

// arrive decides where a request comes from: Config.Client has the last word, if its
// answer has an IP address.
func (s *Server) arrive(r *http.Request) (a arrival) {
	a = s.found(r)
	if s.Client == nil {
		return a
	}
	// What fails here must leave the request as strange as it was.
	defer func() {
		if p := recover(); p != nil {
			a.objection = "client_panicked"
			s.Desk.Log.ErrorContext(r.Context(), "Config.Client panicked, so it had no say", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		}
	}()
	said := s.Client(r, a.Client)
	said.IP = plain(said.IP)
	switch {
	case said == a.Client: // It knows no better.
	case !said.IP.IsValid():
		a.objection = "client_no_ip"
		s.Desk.Log.ErrorContext(r.Context(), "Config.Client returned no IP address, so it had no say")
		return a
	case !said.TLS && (a.TLS || a.proxies == 0 && !a.peer.IsValid()):
		a.objection = "client_no_tls"
	}
	a.Client = said
	return a
}

// found returns what the connection shows, and what the proxies on the way say that
// the host trusts.
//
// The client is the peer, unless the peer is a trusted proxy. Then it is the last
// address in Header that is not a trusted proxy's. Anything further left could have
// been written by anyone (ASVS 4.1.3).
func (s *Server) found(r *http.Request) (a arrival) {
	a.peer, a.unix = peerOf(r)
	a.IP, a.TLS = a.peer, r.TLS != nil
	if !s.trusted(a.peer) && !(a.unix && s.UnixSockets) {
		return a
	}
	a.proxies = 1
	for _, hop := range slices.Backward(splitHeader(r.Header.Values(s.Header))) {
		if s.UnixSockets && strings.TrimSpace(hop) == "unix:" { // so nginx calls who connects to one
			a.proxies++
			continue
		}
		next := parseIP(hop)
		if !next.IsValid() {
			break
		}
		a.IP = next
		if !s.trusted(next) {
			break
		}
		a.proxies++
	}
	if scheme, said := clientScheme(r, a.proxies); said {
		a.TLS = secureScheme(scheme)
	}
	return a
}

// peerOf returns the IP address of who connected to the server, as far as RemoteAddr is
// what net/http makes it. A text without a port was written by something outside the
// gate, from a header that anyone may have sent. On a Unix socket it is the path of
// the client's own end, which may be named like an IP address.
func peerOf(r *http.Request) (peer netip.Addr, unix bool) {
	if at, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && strings.HasPrefix(at.Network(), "unix") {
		return netip.Addr{}, true
	}
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, false
	}
	return plain(at.Addr()), false
}

// spell returns an IP address as text.
func spell(ip, peer netip.Addr, r *http.Request) string {
	if !ip.IsValid() {
		return "unknown"
	}
	if ip == peer {
		// Nearly always the text is there already.
		var space [64]byte
		text := ip.AppendTo(space[:0])
		if at := strings.TrimPrefix(r.RemoteAddr, "["); strings.HasPrefix(at, string(text)) {
			return at[:len(text)]
		}
	}
	return ip.String()
}

// forwardedProtos are what proxies say of the schemes by which a request reached them.
func forwardedProtos(r *http.Request) []string { return r.Header.Values("X-Forwarded-Proto") }

// clientScheme returns what the proxy that the client connected to, the furthest of
// these trusted ones, says of that connection, if any proxy is trusted and says
// something. Each adds a value on the right, or passes on what it got, or replaces
// it. So the value is at the place of the client's IP address, counted from the
// right, or the first if there are fewer.
func clientScheme(r *http.Request, proxies int) (scheme string, found bool) {
	said := splitHeader(forwardedProtos(r))
	if proxies == 0 || len(said) == 0 {
		return "", false
	}
	return strings.TrimSpace(said[len(said)-min(proxies, len(said))]), true
}

// secureScheme reports whether a scheme is one over TLS. Some proxies call the
// handshake of a WebSocket "wss".
func secureScheme(scheme string) bool {
	return strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "wss")
}

func (s *Server) trusted(ip netip.Addr) bool {
	return ip.IsValid() && slices.ContainsFunc(s.Proxies, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// splitHeader splits the values of a header that is a list.
func splitHeader(values []string) []string {
	var all []string
	for _, v := range values {
		all = append(all, strings.Split(v, ",")...)
	}
	return all
}

// parseIP reads an IP address, with or without a port and brackets. It returns
// the zero Addr, which no proxy has, for anything else.
func parseIP(s string) netip.Addr {
	s = strings.TrimSpace(s)
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return plain(ap.Addr())
	}
	ip, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return plain(ip)
}

// plain returns an IP address in the one form that has a spelling. "0.0.0.0" and "::"
// are nobody's.
func plain(ip netip.Addr) netip.Addr {
	ip = ip.Unmap().WithZone("")
	if ip.IsUnspecified() {
		return netip.Addr{}
	}
	return ip
}
