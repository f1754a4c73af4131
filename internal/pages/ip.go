package pages

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// client returns the IP address of the client, and how many trusted proxies the
// request came through. The client is the peer, unless the peer is a proxy that the
// host trusts. Then it is the last address in Header that is not a trusted proxy's.
// Anything further left could have been written by anyone (ASVS 4.1.3).
func (s *Server) client(r *http.Request, peer netip.Addr) (ip netip.Addr, proxies int) {
	ip = peer
	if !s.trusted(ip) {
		return ip, 0
	}
	proxies = 1
	for _, hop := range slices.Backward(splitHeader(r.Header.Values(s.Header))) {
		next := parseIP(hop)
		if !next.IsValid() {
			break
		}
		ip = next
		if !s.trusted(ip) {
			break
		}
		proxies++
	}
	return ip, proxies
}

// spell returns the client's IP address as text.
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

// overTLS reports whether the client spoke HTTPS: to us, or to the trusted proxy it
// connected to, if that says.
func (s *Server) overTLS(r *http.Request, proxies int) bool {
	if scheme, found := clientScheme(r, proxies); found {
		return secureScheme(scheme)
	}
	return r.TLS != nil
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
		return ap.Addr().Unmap().WithZone("")
	}
	ip, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return ip.Unmap().WithZone("")
}
