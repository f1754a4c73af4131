// Package netgroup groups clients by network, for limits and queues, and says how
// much each network may do.
package netgroup

import (
	"net/netip"
	"strings"
)

// nat64 is the prefix under which a translator writes IPv4 addresses (RFC 6052).
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// Of returns the networks that a client's IP address is in, smallest first: for IPv4
// the address itself; for IPv6 the /64 that every subscriber has, and the /56 and /48
// that many have. An IPv4 address inside an IPv6 one counts as IPv4. The text may have a
// port. A text that is not an IP address is its own network, so that clients without an
// address share one.
func Of(text string) []string {
	ip, ok := parse(text)
	if !ok {
		return []string{text}
	}
	if nat64.Contains(ip) {
		b := ip.As16()
		ip = netip.AddrFrom4([4]byte(b[12:]))
	}
	if ip.Is4() {
		return []string{ip.String()}
	}
	all := make([]string, 0, 3)
	for _, bits := range []int{64, 56, 48} {
		all = append(all, netip.PrefixFrom(ip, bits).Masked().String())
	}
	return all
}

// Share returns how much the network at an index of [Of] may do if the first may do 1.
// An IPv6 subscriber with a /48 must not be 65,536 strangers; but other /48s are shared.
func Share(index int) int { return 1 << (2 * index) }

// Smallest returns the first of [Of].
func Smallest(text string) string { return Of(text)[0] }

func parse(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	ip, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		withPort, err := netip.ParseAddrPort(text)
		if err != nil {
			return netip.Addr{}, false
		}
		ip = withPort.Addr()
	}
	return ip.Unmap().WithZone(""), true
}
