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
	a := c.arrival
	cause := c.plainHTTPCause(c.r, a)
	c.Desk.Log.WarnContext(c.ctx(), "request over plain HTTP refused", "request", c.visit.RequestID, "cause", cause,
		"remote address", c.r.RemoteAddr, "peer", spell(a.peer, a.peer, c.r), "client", c.visit.IP, "trusted proxies passed", a.proxies)
	c.problem(http.StatusForbidden, PlainHTTPPage{Cause: cause})
}

// warnOfNoAddress logs, once in a process, that a request has no IP address. All such
// clients share their limits, and are in none of the networks that may sign in.
func (c *call) warnOfNoAddress() {
	if c.arrival.IP.IsValid() || !c.noAddress.CompareAndSwap(false, true) {
		return
	}
	cause := c.strangePeer(c.r, c.arrival)
	if c.arrival.proxies > 0 {
		cause = fmt.Sprintf("The proxy at the Unix socket sent no IP address in %s. Let it do so.", c.Header)
	}
	c.Desk.Log.WarnContext(c.ctx(), "a request has no IP address; all such clients share their limits",
		"request", c.visit.RequestID, "cause", cause, "remote address", c.r.RemoteAddr)
}

// strangePeer says why RemoteAddr shows no peer, and what to set.
func (s *Server) strangePeer(r *http.Request, a arrival) string {
	switch {
	case a.unix:
		return "The connection came through a Unix socket, which has no IP address. If it is your proxy's, set TrustUnixSockets, and let the proxy set X-Forwarded-Proto and X-Forwarded-For."
	case parseIP(r.RemoteAddr).IsValid():
		return "RemoteAddr is an IP address without a port: it was rewritten before office.Wrap, by middleware such as RealIP or by an adapter, perhaps from a header that anyone can send. " +
			"Put that inside Wrap, or set Client."
	}
	return "RemoteAddr is no IP address and port, as behind an adapter for another platform. Set Client in backoffice.Config to say where requests come from, and that it was over HTTPS."
}

// unreadHeaders also say how a request reached a proxy. The office reads one header
// for that, so that a client cannot choose another one that the proxies leave alone.
var unreadHeaders = []string{
	"Forwarded", "X-Forwarded-Ssl", "X-Forwarded-Scheme", "X-Forwarded-Protocol", "X-Scheme", "X-Url-Scheme",
	"Front-End-Https", "X-Arr-Ssl", "Cloudfront-Forwarded-Proto", "Cf-Visitor",
}

// orClient advises where no proxy shows.
const orClient = "If it lets the browser's IP address through, as with the PROXY protocol, set Client."

// plainHTTPCause says why a request counts as plain HTTP, and what to set.
func (s *Server) plainHTTPCause(r *http.Request, a arrival) string {
	proxies := a.proxies
	scheme, found := clientScheme(r, proxies)
	values := forwardedProtos(r)
	said := quoted(values...)
	switch {
	case a.objection != "":
		return a.objection
	case proxies == 0 && !a.peer.IsValid():
		return s.strangePeer(r, a)
	case proxies == 0 && len(values) == 0 && len(s.Proxies) == 0:
		return "The server trusts no proxy. If one ends HTTPS, list it in TrustedProxies, and let it set X-Forwarded-Proto. " + orClient + unread(r)
	case proxies == 0 && len(values) == 0:
		return "This connection does not come from an IP address in TrustedProxies. If it comes from a proxy that ends HTTPS, add it; the log has the IP address. " + orClient + unread(r)
	case proxies == 0:
		return fmt.Sprintf("X-Forwarded-Proto is %s, but comes from an IP address that is not in TrustedProxies. If that is your proxy, add it; the log has the IP address.", said)
	case !found:
		return "The proxy is trusted, but sent no X-Forwarded-Proto. Let it set that header to the scheme that the browser used." + unread(r)
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
