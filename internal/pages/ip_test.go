package pages_test

import (
	"crypto/tls"
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
		{"nobody's", "0.0.0.0:0", []string{"198.51.100.1"}, "unknown"},
		{"nobody's, IPv6", "[::]:80", nil, "unknown"},
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
	const inner, outer, person = "10.0.0.1:80", "10.2.3.4", "203.0.113.9"
	both := person + ", " + outer // with both proxies trusted
	for _, c := range []struct {
		name, peer, ips string
		protos          []string
		// want is "" if it did, or else what is said of the cause.
		want string
	}{
		{"a proxy says so", inner, person, []string{"https"}, ""},
		{"in capitals", inner, person, []string{"HTTPS"}, ""},
		{"in mixed case, with spaces", inner, person, []string{" \tHttps "}, ""},
		{"of the handshake of a WebSocket", inner, person, []string{"wss"}, ""},
		{"without an IP address", inner, "", []string{"https"}, ""},
		{"over IPv6, with a port", "[2001:db8:f::1]:443", "[2001:db8::7]:555", []string{"https"}, ""},
		{"over IPv6, with a zone", "[fe80::1%eth0]:80", person, []string{"https"}, ""},
		{"IPv4 written as IPv6", "[::ffff:10.0.0.1]:80", person, []string{"https"}, ""},
		{"a proxy says no", inner, person, []string{"http"}, `X-Forwarded-Proto is "http": your proxy was reached over plain HTTP.`},
		{"a proxy says no, of a WebSocket", inner, person, []string{"WS"}, `X-Forwarded-Proto is "WS"`},
		{"a proxy says nothing", inner, person, nil, "sent no X-Forwarded-Proto"},
		{"a proxy sends an empty value", inner, person, []string{""}, `X-Forwarded-Proto is "", with nothing where`},
		{"a proxy sends an empty element", inner, person, []string{"https,"}, `X-Forwarded-Proto is "https,", with nothing where`},
		{"a proxy says nonsense", inner, person, []string{"https://"}, `"https://" is neither http nor https`},
		{"a proxy says on", inner, person, []string{"on"}, `"on" is neither`},
		{"a proxy says quotes", inner, person, []string{`"https"`}, `is neither`},
		{"a proxy says it at length", inner, person, []string{strings.Repeat("https;", 99)}, `…" is neither`},

		{"two proxies, both over HTTPS", inner, both, []string{"https, https"}, ""},
		{"two proxies, plain HTTP between them", inner, both, []string{"https,http"}, ""},
		{"two proxies, plain HTTP between them, in two lines", inner, both, []string{"https", "http"}, ""},
		{"two proxies, plain HTTP to the first", inner, both, []string{"http, https"}, "the first value counts: the proxy that faces the browser was reached over plain HTTP"},
		{"two proxies, the second passes on what it got", inner, both, []string{"https"}, ""},
		{"two proxies, the second says its own", inner, both, []string{"http"}, "let it pass on the X-Forwarded-Proto that it gets"},
		{"two proxies, the first gets a forged value", inner, both, []string{"https, http, https"}, "TrustedProxies has 2 of the proxies on the way, so value 2 counts: http."},
		{"two proxies, only the scheme is listed", inner, outer, []string{"https,http"}, ""},
		{"two proxies, of which one is trusted", inner, person + ", 198.51.100.1", []string{"https,http"}, "TrustedProxies has 1 of the proxies on the way, so value 2 counts: http. If the one in front of them is yours as well, add it"},
		{"two proxies, neither adds to the IP addresses", inner, "", []string{"https,http"}, "let each proxy add its client to X-Forwarded-For"},
		{"two proxies, an IP address that is none", inner, person + ", unknown", []string{"https,http"}, "value 2 counts"},
		{"three proxies, two values", inner, both + ", 10.9.9.9", []string{"https, http"}, ""},
		{"the client adds in front of what a proxy says", inner, person, []string{"https, http"}, "value 2 counts: http"},
		{"the client adds a line", inner, person, []string{"https", "http"}, `X-Forwarded-Proto is "https, http"`},
		{"the client adds both", inner, "127.0.0.1, " + outer + ", " + person, []string{"https, https, http"}, "value 3 counts: http"},

		{"a stranger says so", "203.0.113.9:80", "", []string{"https"}, `X-Forwarded-Proto is "https", but comes from an IP address that is not in TrustedProxies`},
		{"a stranger says nothing", "203.0.113.9:80", "", nil, "does not come from an IP address in TrustedProxies"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-Proto": c.protos}}
			if c.ips != "" {
				r.Header.Set(xff, c.ips)
			}
			over, cause := pages.OverTLS(r, prefixes("10.0.0.0/8", "fe80::/10", "2001:db8:f::/48")...)
			require.Equal(t, c.want == "", over, cause)
			require.Contains(t, cause, c.want)
			require.Less(t, len(cause), 400)

			over, cause = pages.OverTLS(r)
			require.False(t, over, "without proxies, nobody is believed")
			require.Regexp(t, "TrustedProxies|Set Client|set Client", cause)

			r.TLS = &tls.ConnectionState{}
			over, _ = pages.OverTLS(r)
			require.True(t, over, "a connection over TLS is one")
		})
	}

	t.Run("a proxy that speaks TLS to us may have been reached over plain HTTP", func(t *testing.T) {
		r := &http.Request{RemoteAddr: inner, TLS: &tls.ConnectionState{}, Header: http.Header{}}
		over, _ := pages.OverTLS(r, prefixes("10.0.0.0/8")...)
		require.True(t, over, "it says nothing")
		r.Header.Set("X-Forwarded-Proto", "http")
		over, _ = pages.OverTLS(r, prefixes("10.0.0.0/8")...)
		require.False(t, over)
	})
	t.Run("no other header is read, and the cause says so", func(t *testing.T) {
		for name, value := range map[string]string{
			"Forwarded": "proto=https", "X-Forwarded-Ssl": "on", "X-Forwarded-Scheme": "https", "X-Forwarded-Protocol": "https", "X-Scheme": "https",
			"X-Url-Scheme": "https", "Front-End-Https": "on", "X-Arr-Ssl": "2048", "Cloudfront-Forwarded-Proto": "https", "Cf-Visitor": `{"scheme":"https"}`,
		} {
			r := &http.Request{RemoteAddr: inner, Header: http.Header{name: {value}}}
			over, cause := pages.OverTLS(r, prefixes("10.0.0.0/8")...)
			require.False(t, over, name)
			require.Contains(t, cause, "sent no X-Forwarded-Proto", name)
			require.Contains(t, cause, name+" is not read.")
			_, cause = pages.OverTLS(r)
			require.Contains(t, cause, name+" is not read.")
			r.Header.Set("X-Forwarded-Proto", "http")
			over, cause = pages.OverTLS(r, prefixes("10.0.0.0/8")...)
			require.False(t, over, name)
			require.NotContains(t, cause, "is not read")
			r.Header = http.Header{name: {"proto=http"}, "X-Forwarded-Proto": {"https"}}
			over, _ = pages.OverTLS(r, prefixes("10.0.0.0/8")...)
			require.True(t, over, name)
		}
	})
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
