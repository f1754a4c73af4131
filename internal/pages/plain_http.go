package pages

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/messages"
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
	c.Desk.Log.WarnContext(c.ctx(), "request over plain HTTP refused", "request", c.visit.RequestID, "cause", sayAll(messages.English(), cause),
		"remote address", c.r.RemoteAddr, "peer", spell(a.peer, a.peer, c.r), "client", c.visit.IP, "trusted proxies passed", a.proxies)
	c.problem(http.StatusForbidden, PlainHTTPPage{Cause: sayAll(c.words(), cause)})
}

// warnOfNoAddress logs, once in a process, that a request has no IP address. All such
// clients share their limits, and are in none of the networks that may sign in.
func (c *call) warnOfNoAddress() {
	if c.arrival.IP.IsValid() || !c.noAddress.CompareAndSwap(false, true) {
		return
	}
	cause := c.strangePeer(c.r, c.arrival).String()
	if c.arrival.proxies > 0 {
		cause = fmt.Sprintf("The proxy at the Unix socket sent no IP address in %s. Let it do so.", c.Header)
	}
	c.Desk.Log.WarnContext(c.ctx(), "a request has no IP address; all such clients share their limits",
		"request", c.visit.RequestID, "cause", cause, "remote address", c.r.RemoteAddr)
}

// strangePeer says why RemoteAddr shows no peer, and what to set.
func (s *Server) strangePeer(r *http.Request, a arrival) messages.Text {
	switch {
	case a.unix:
		return messages.New("refusal.plain_http.unix")
	case parseIP(r.RemoteAddr).IsValid():
		return messages.New("refusal.plain_http.no_port")
	}
	return messages.New("refusal.plain_http.no_peer")
}

// unreadHeaders also say how a request reached a proxy. The office reads one header
// for that, so that a client cannot choose another one that the proxies leave alone.
var unreadHeaders = []string{
	"Forwarded", "X-Forwarded-Ssl", "X-Forwarded-Scheme", "X-Forwarded-Protocol", "X-Scheme", "X-Url-Scheme",
	"Front-End-Https", "X-Arr-Ssl", "Cloudfront-Forwarded-Proto", "Cf-Visitor",
}

// plainHTTPCause says why a request counts as plain HTTP, and what to set, in sentences.
func (s *Server) plainHTTPCause(r *http.Request, a arrival) []messages.Text {
	proxies := a.proxies
	scheme, found := clientScheme(r, proxies)
	values := forwardedProtos(r)
	said := quoted(values...)
	because := func(why string, args ...any) []messages.Text {
		return []messages.Text{messages.New("refusal.plain_http."+why, append(args, "value", said)...)}
	}
	switch {
	case a.objection != "":
		return because(a.objection)
	case proxies == 0 && !a.peer.IsValid():
		return []messages.Text{s.strangePeer(r, a)}
	case proxies == 0 && len(values) == 0:
		why := "stranger"
		if len(s.Proxies) == 0 {
			why = "no_proxies"
		}
		return slices.Concat(because(why), because("or_client"), unread(r))
	case proxies == 0:
		return because("untrusted")
	case !found:
		return append(because("silent"), unread(r)...)
	case scheme == "":
		return because("empty")
	case !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "ws"):
		return because("neither", "scheme", quoted(scheme))
	}
	all := len(splitHeader(values))
	switch {
	case all == 1:
		return because("one")
	case all > proxies:
		return because("several", "trusted", proxies, "number", all-proxies+1, "scheme", scheme, "header", s.Header)
	}
	return because("first")
}

// unread names the headers that were sent in vain.
func unread(r *http.Request) (sentences []messages.Text) {
	for _, name := range unreadHeaders {
		if _, sent := r.Header[name]; sent {
			sentences = append(sentences, messages.New("refusal.plain_http.unread", "header", name))
		}
	}
	return sentences
}

// sayAll says sentences one after the other.
func sayAll(in *messages.Language, sentences []messages.Text) string {
	var said []string
	for _, s := range sentences {
		said = append(said, in.Say(s))
	}
	return strings.Join(said, " ")
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
