package pages

import (
	"fmt"
	"net/http"
	"strings"
)

// PlainHTTPPage refuses a request that did not come over HTTPS (status 403).
type PlainHTTPPage struct {
	// Cause is for who runs the server: what the proxies said, and what to change.
	Cause string
}

func (PlainHTTPPage) Template() string { return "plain_http" }

// refusePlainHTTP refuses a request that did not come over HTTPS.
func (c *call) refusePlainHTTP() {
	peer := parseIP(c.r.RemoteAddr)
	client, proxies := c.client(c.r, peer)
	cause := c.plainHTTPCause(c.r, proxies)
	c.Desk.Log.WarnContext(c.ctx(), "request over plain HTTP refused", "request", c.visit.RequestID, "cause", cause,
		"peer", spell(peer, peer, c.r), "client", spell(client, peer, c.r), "trusted proxies passed", proxies)
	c.problem(http.StatusForbidden, PlainHTTPPage{Cause: cause})
}

// unreadHeaders also say how a request reached a proxy. The office reads one header
// for that, so that a client cannot choose another one that the proxies leave alone.
var unreadHeaders = []string{
	"Forwarded", "X-Forwarded-Ssl", "X-Forwarded-Scheme", "X-Forwarded-Protocol", "X-Scheme", "X-Url-Scheme",
	"Front-End-Https", "X-Arr-Ssl", "Cloudfront-Forwarded-Proto", "Cf-Visitor",
}

// plainHTTPCause says why a request through so many trusted proxies counts as plain
// HTTP, and what to set.
func (s *Server) plainHTTPCause(r *http.Request, proxies int) string {
	scheme, found := clientScheme(r, proxies)
	values := forwardedProtos(r)
	said := quoted(values...)
	switch {
	case !parseIP(r.RemoteAddr).IsValid():
		return "The connection has no IP address, like that of a Unix socket, so no network in TrustedProxies has it. " +
			"Let the proxy connect to an IP address, such as 127.0.0.1."
	case proxies == 0 && len(values) == 0 && len(s.Proxies) == 0:
		return "The server trusts no proxy. If one ends HTTPS, list it in TrustedProxies, and let it set X-Forwarded-Proto." + unread(r)
	case proxies == 0 && len(values) == 0:
		return "This connection does not come from an IP address in TrustedProxies. If it comes from a proxy that ends HTTPS, add it; the log has the IP address." + unread(r)
	case proxies == 0:
		return fmt.Sprintf("X-Forwarded-Proto is %s, but comes from an IP address that is not in TrustedProxies. If that is your proxy, add it; the log has the IP address.", said)
	case !found:
		return "The proxy is in TrustedProxies, but sent no X-Forwarded-Proto. Let it set that header to the scheme that the browser used." + unread(r)
	case scheme == "":
		return fmt.Sprintf("X-Forwarded-Proto is %s, with nothing where the scheme that the browser used belongs.", said)
	case !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "ws"):
		return fmt.Sprintf("X-Forwarded-Proto is %s. %s is neither http nor https.", said, quoted(scheme))
	}
	all := len(splitHeader(values))
	switch {
	case all == 1:
		return fmt.Sprintf("X-Forwarded-Proto is %s: your proxy was reached over plain HTTP. If another proxy in front of it ends HTTPS, "+
			"let it pass on the X-Forwarded-Proto that it gets, in place of its own.", said)
	case all > proxies:
		return fmt.Sprintf("X-Forwarded-Proto is %s. TrustedProxies has %d of the proxies on the way, so value %d counts: %s. "+
			"If the one in front of them is yours as well, add it, and let each proxy add its client to %s.", said, proxies, all-proxies+1, scheme, s.Header)
	}
	return fmt.Sprintf("X-Forwarded-Proto is %s, and the first value counts: the proxy that faces the browser was reached over plain HTTP.", said)
}

// unread names the headers that were sent in vain.
func unread(r *http.Request) (sentences string) {
	for _, name := range unreadHeaders {
		if _, sent := r.Header[name]; sent {
			sentences += " " + name + " is not read."
		}
	}
	return sentences
}

// quoted returns the values of a header as one, cut to what fits into a sentence.
func quoted(values ...string) string {
	const most = 60
	text := strings.ToValidUTF8(strings.Join(values, ", "), "?")
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", text)
}
