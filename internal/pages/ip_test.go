package pages_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/pages"
)

const xff = "X-Forwarded-For"

func prefixes(texts ...string) []netip.Prefix {
	var all []netip.Prefix
	for _, text := range texts {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

func TestWhereARequestComesFrom(t *testing.T) {
	proxies := []string{"10.0.0.0/8", "2001:db8:f::/48"}
	for _, c := range []struct {
		name, peer string
		header     []string
		want       string
	}{
		{"a stranger", "203.0.113.9:4711", nil, "203.0.113.9"},
		{"a stranger who claims to be somebody else", "203.0.113.9:4711", []string{"198.51.100.1"}, "203.0.113.9"},
		{"a stranger who claims to come through a proxy", "203.0.113.9:4711", []string{"198.51.100.1, 10.0.0.1"}, "203.0.113.9"},
		{"through a proxy", "10.0.0.1:80", []string{"203.0.113.9"}, "203.0.113.9"},
		{"through a proxy, with what the client made up in front", "10.0.0.1:80", []string{"127.0.0.1, 203.0.113.9"}, "203.0.113.9"},
		{"through a proxy, with lies in a header line of its own", "10.0.0.1:80", []string{"127.0.0.1", "203.0.113.9"}, "203.0.113.9"},
		{"through two proxies", "10.0.0.1:80", []string{"198.51.100.1, 203.0.113.9, 10.2.3.4"}, "203.0.113.9"},
		{"through two proxies in two lines", "10.0.0.1:80", []string{"203.0.113.9", "10.2.3.4"}, "203.0.113.9"},
		{"from inside", "10.0.0.1:80", []string{"10.0.0.7, 10.0.0.8"}, "10.0.0.7"},
		{"a proxy that says nothing", "10.0.0.1:80", nil, "10.0.0.1"},
		{"a proxy that says nonsense", "10.0.0.1:80", []string{"198.51.100.1, unknown"}, "10.0.0.1"},
		{"nonsense behind a proxy's address", "10.0.0.1:80", []string{"198.51.100.1, _hidden, 10.0.0.2"}, "10.0.0.2"},
		{"an empty element", "10.0.0.1:80", []string{"198.51.100.1,"}, "10.0.0.1"},
		{"with a port", "10.0.0.1:80", []string{"203.0.113.9:55555"}, "203.0.113.9"},
		{"IPv6", "[2001:db8:f::1]:80", []string{"2001:db8::7"}, "2001:db8::7"},
		{"IPv6 with brackets", "10.0.0.1:80", []string{"[2001:db8::7]"}, "2001:db8::7"},
		{"IPv6 with brackets and port", "10.0.0.1:80", []string{"[2001:db8::7]:443"}, "2001:db8::7"},
		{"IPv6 with a zone", "[fe80::1%eth0]:80", nil, "fe80::1"},
		{"IPv4 written as IPv6", "[::ffff:10.0.0.1]:80", []string{"::ffff:203.0.113.9"}, "203.0.113.9"},
		{"a peer without port", "203.0.113.9", nil, "203.0.113.9"},
		{"a socket", "@", []string{"198.51.100.1"}, "unknown"},
		{"nothing known", "", nil, "unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &http.Request{RemoteAddr: c.peer, Header: http.Header{xff: c.header, "X-Real-Ip": {"198.51.100.99"}, "Forwarded": {"for=198.51.100.99"}}}
			require.Equal(t, c.want, pages.ClientIP(r, xff, prefixes(proxies...)...))
			if len(c.header) > 0 && !strings.HasPrefix(c.peer, "203") {
				require.NotEqual(t, "198.51.100.1", pages.ClientIP(r, "", nil...), "no proxies, no header")
			}
		})
	}
	r := &http.Request{RemoteAddr: "10.0.0.1:80", Header: http.Header{"X-Real-Ip": {"203.0.113.9"}, xff: {"198.51.100.1"}}}
	require.Equal(t, "203.0.113.9", pages.ClientIP(r, "x-real-ip", prefixes(proxies...)...), "the one header that was chosen")
}

func TestWhetherARequestCameOverTLS(t *testing.T) {
	for _, c := range []struct {
		name, peer string
		protos     []string
		want       bool
	}{
		{"a proxy says so", "10.0.0.1:80", []string{"https"}, true},
		{"a proxy says so in capitals", "10.0.0.1:80", []string{"HTTPS"}, true},
		{"a proxy says no", "10.0.0.1:80", []string{"http"}, false},
		{"a proxy adds to what the client said", "10.0.0.1:80", []string{"https, http"}, false},
		{"a proxy adds a line to what the client said", "10.0.0.1:80", []string{"https", "http"}, false},
		{"a proxy says nothing", "10.0.0.1:80", nil, false},
		{"a proxy says nonsense", "10.0.0.1:80", []string{"https://"}, false},
		{"a stranger says so", "203.0.113.9:80", []string{"https"}, false},
		{"a socket says so", "@", []string{"https"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-Proto": c.protos}}
			require.Equal(t, c.want, pages.OverTLS(r, prefixes("10.0.0.0/8")...))
			require.False(t, pages.OverTLS(r))
		})
	}
}

func FuzzForwarded(f *testing.F) {
	for _, seed := range []string{"203.0.113.9", "1.2.3.4, 10.0.0.1", "[::1]:80,,", "fe80::1%eth0", "::ffff:1.2.3.4", "unknown", strings.Repeat(",", 100)} {
		f.Add("10.0.0.1:80", seed)
		f.Add("203.0.113.9:80", seed)
	}
	proxies := prefixes("10.0.0.0/8", "2001:db8::/32")
	f.Fuzz(func(t *testing.T, peer, header string) {
		r := &http.Request{RemoteAddr: peer, Header: http.Header{xff: {header}}}
		got := pages.ClientIP(r, xff, proxies...)
		if got != "unknown" {
			addr, err := netip.ParseAddr(got)
			require.NoError(t, err)
			require.Equal(t, got, addr.Unmap().WithZone("").String(), "one spelling for one address")
		}
		// Somebody who is no proxy is who they are, whatever they send.
		without := pages.ClientIP(&http.Request{RemoteAddr: peer}, xff, proxies...)
		if addr, err := netip.ParseAddr(without); err != nil || !proxies[0].Contains(addr) && !proxies[1].Contains(addr) {
			require.Equal(t, without, got)
		}
		// What is in front of what a proxy added changes nothing.
		r.Header = http.Header{xff: {header, "203.0.113.77"}}
		if without == "10.0.0.1" {
			require.Equal(t, "203.0.113.77", pages.ClientIP(r, xff, proxies...))
		}
	})
}
