package pages

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// peer is who holds the other end of the connection.
func peer(r *http.Request) netip.Addr {
	if ap, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	addr, err := netip.ParseAddr(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap().WithZone("")
}

func (s *Server) trusted(a netip.Addr) bool {
	return a.IsValid() && slices.ContainsFunc(s.Proxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

// clientAddress is the peer, unless the peer is a proxy that the host named:
// then it is the nearest address in the one chosen header that is not such a
// proxy. What stands further left there anybody could have written (ASVS
// 4.1.3).
func (s *Server) clientAddress(r *http.Request) string {
	addr := peer(r)
	if !s.trusted(addr) {
		return addressText(addr)
	}
	hops := forwarded(r.Header.Values(s.Header))
	for _, hop := range slices.Backward(hops) {
		next, ok := parseHop(hop)
		if !ok {
			break
		}
		addr = next
		if !s.trusted(addr) {
			break
		}
	}
	return addressText(addr)
}

func addressText(a netip.Addr) string {
	if !a.IsValid() {
		return "unknown"
	}
	return a.String()
}

// forwarded splits the values of a list header.
func forwarded(values []string) []string {
	var hops []string
	for _, v := range values {
		hops = append(hops, strings.Split(v, ",")...)
	}
	return hops
}

// parseHop reads an address, with or without a port and brackets.
func parseHop(hop string) (netip.Addr, bool) {
	hop = strings.TrimSpace(hop)
	if ap, err := netip.ParseAddrPort(hop); err == nil {
		return ap.Addr().Unmap().WithZone(""), true
	}
	addr, err := netip.ParseAddr(strings.Trim(hop, "[]"))
	if err != nil {
		return netip.Addr{}, false
	}
	return addr.Unmap().WithZone(""), true
}

// overTLS says whether the request came over HTTPS: to us, or to a proxy that
// the host named and that says so.
func (s *Server) overTLS(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	if !s.trusted(peer(r)) {
		return false
	}
	protos := forwarded(r.Header.Values("X-Forwarded-Proto"))
	return len(protos) > 0 && strings.EqualFold(strings.TrimSpace(protos[len(protos)-1]), "https")
}
