package pages

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// clientIP returns the IP address of the client: the peer's, unless the peer is
// a proxy that the host trusts. Then it is the last address in Header that is not
// a trusted proxy's. Anything further left could have been written by anyone
// (ASVS 4.1.3).
func (s *Server) clientIP(r *http.Request, peer netip.Addr) string {
	ip := peer
	if s.trusted(ip) {
		for _, hop := range slices.Backward(splitHeader(r.Header.Values(s.Header))) {
			next := parseIP(hop)
			if !next.IsValid() {
				break
			}
			ip = next
			if !s.trusted(ip) {
				break
			}
		}
	}
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

// overTLS reports whether the request came over HTTPS, to us or to a trusted
// proxy that says so.
func (s *Server) overTLS(r *http.Request, peer netip.Addr) bool {
	if r.TLS != nil {
		return true
	}
	if !s.trusted(peer) {
		return false
	}
	protos := splitHeader(r.Header.Values("X-Forwarded-Proto"))
	return len(protos) > 0 && strings.EqualFold(strings.TrimSpace(protos[len(protos)-1]), "https")
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
