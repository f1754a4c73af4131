package pages

import (
	"net/http"
	"net/netip"
	"net/url"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/redact"
	"github.com/postern-go/postern/internal/settings"
)

// What forms of parameters are made of and read with.
var (
	SplitDuration = splitDuration
	JoinDuration  = joinDuration
	ShownRevision = shownRevision
	UnitsFor      = unitsFor
)

// ReadRevision reads it as an office does that has the library's defaults.
func ReadRevision(text string) (int64, map[string]string) {
	return readRevision(text, settings.Definitions())
}

// SafeNext is what decides where to go on to.
var SafeNext = safeNext

// ClientIP and OverTLS are what an office behind these proxies believes.
func ClientIP(r *http.Request, header string, proxies ...netip.Prefix) string {
	return Arrived(r, Config{Proxies: proxies, Header: header}).IP
}

// Arrival is what an office believes of a request.
type Arrival struct {
	IP  string
	TLS bool
	// Cause is why it counts as plain HTTP, if it does.
	Cause string
}

// Arrived is what an office with this configuration believes of a request.
func Arrived(r *http.Request, cfg Config) Arrival {
	s := &Server{Config: cfg}
	a := s.arrive(r)
	said := Arrival{IP: spell(a.IP, a.peer, r), TLS: a.TLS}
	if !a.TLS {
		said.Cause = sayAll(messages.English(), s.plainHTTPCause(r, a))
	}
	return said
}

// TheirNames are the names of the cookies of the office in these tests.
var TheirNames = NamesOf("an office", "https://community.example")

// Tokens are the tokens in a request's cookies: of the session, and of someone who
// is signed out.
func Tokens(r *http.Request) (session, pre string) {
	c := (&Server{cookies: TheirNames}).callOf(r)
	return c.token(sessionCookie), c.token(preCookie)
}

// BrowserTokens are those by which a request's browser is known.
func BrowserTokens(r *http.Request) []string {
	return (&Server{cookies: TheirNames}).callOf(r).browserVisit().Browsers
}

// HostHeader is the header that the host gets, ForCommunity the request that the
// community gets, of an office that has this alias.
func HostHeader(r *http.Request, alias ...string) http.Header {
	return filtered(r.Header, serverAt(alias).hostLine)
}

func ForCommunity(r *http.Request, alias ...string) *http.Request {
	return serverAt(alias).ForCommunity(r)
}

func serverAt(alias []string) *Server {
	return &Server{aliases: func() *redact.Aliases { return redact.New("").With(alias...) }, cookies: TheirNames}
}

func (s *Server) callOf(r *http.Request) *call { return &call{Server: s, r: r} }

// OverTLS is what an office behind these proxies believes, and says if it is false.
func OverTLS(r *http.Request, proxies ...netip.Prefix) (over bool, cause string) {
	a := Arrived(r, Config{Proxies: proxies, Header: "X-Forwarded-For"})
	return a.TLS, a.Cause
}

// ReadForm is how forms of our own are read; status is that of a refusal.
func ReadForm(w http.ResponseWriter, r *http.Request) (form map[string][]string, status int) {
	c := &call{Server: &Server{}, w: w, r: r, url: r.URL}
	if err := c.readForm(); err != nil {
		return nil, int(err.(badRequest))
	}
	return c.form, 0
}

// FixedHeaders are the names of the headers of every answer.
func FixedHeaders() []string {
	names := []string{"Strict-Transport-Security", "Content-Security-Policy"}
	for _, h := range fixedHeaders {
		names = append(names, h.name)
	}
	return names
}

// Inside is where a redirect of the host leads, from a path inside an office at /alias.
func Inside(asked *url.URL, to string) string {
	whole := *asked
	whole.Path = "/alias" + asked.Path
	if asked.RawPath != "" {
		whole.RawPath = "/alias" + asked.RawPath
	}
	server := &Server{Config: Config{Desk: &desk.Desk{Config: desk.Config{Origin: "https://community.example"}}}}
	c := &call{Server: server, base: "/alias", path: asked.Path, r: &http.Request{URL: &whole}}
	return c.inside(to, http.MethodGet)
}
