package settings

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// parseNetworks parses networks and IP addresses between commas or spaces.
func parseNetworks(text string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		p, err := netip.ParsePrefix(word)
		if err != nil {
			ip, err := netip.ParseAddr(word)
			if err != nil || ip.Zone() != "" {
				return nil, fmt.Errorf("%q is no network", word)
			}
			p = netip.PrefixFrom(ip, ip.BitLen())
		}
		if p.Addr().Is4In6() || p != p.Masked() {
			return nil, fmt.Errorf("%q is not written as a network", word)
		}
		all = append(all, p)
	}
	return all, nil
}

// AllowsIP reports whether operators may use the office from an IP address. One that
// cannot be read is allowed only if all are.
func (s *Settings) AllowsIP(text string) bool {
	if len(s.networks) == 0 {
		return true
	}
	ip, err := netip.ParseAddr(text)
	if err != nil {
		return false
	}
	ip = ip.Unmap().WithZone("")
	return slices.ContainsFunc(s.networks, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// networks loosens if it allows what it did not allow before.
func networks(name string, max int, field func(*Settings) *[]netip.Prefix) Definition {
	return Definition{
		Name: name, Kind: KindText, High: max,
		set: func(s *Settings, text string) bool {
			all, err := parseNetworks(text)
			if err != nil || len(text) > max || text != "" && len(all) == 0 {
				return false
			}
			*field(s) = all
			return true
		},
		looser: func(before, after string) bool {
			was, _ := parseNetworks(before)
			now, _ := parseNetworks(after)
			within := func(p netip.Prefix) bool {
				return slices.ContainsFunc(was, func(w netip.Prefix) bool { return w.Bits() <= p.Bits() && w.Contains(p.Addr()) })
			}
			return len(was) > 0 && (len(now) == 0 || slices.ContainsFunc(now, func(p netip.Prefix) bool { return !within(p) }))
		},
	}
}
