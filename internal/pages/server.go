package pages

import (
	"errors"
	"net/http"
	"net/netip"
	"path"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/redact"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/internal/view"
)

// Config configures a [Server]. backoffice.New checks and fills it.
type Config struct {
	Desk  *desk.Desk
	Pages Renderer
	// Host renders the host's own pages. If nil, the host has none.
	Host *view.HostPages
	// Vault makes form tokens.
	Vault *vault.Vault
	// Handler is the host's own handler under the alias. If nil, unknown paths are
	// not found.
	Handler http.Handler
	// Guards say who may open which of its paths. No one may open any other.
	Guards []Guard
	Menu   []MenuItem
	// Widgets are the host's cards on the home page.
	Widgets []Widget
	// Shadows returns the page of the community that the office hides at this URL. If
	// nil, that is not known.
	Shadows func(home string) Shadow
	// Passive are paths of the host, which may end in a slash, whose requests do not
	// keep a session alive.
	Passive []string
	// Tokenless are paths of the host, which may end in a slash, that need no form token
	// from a browser that states that it is at a page of this origin.
	Tokenless []string
	// Insecure allows plain HTTP, for development on this machine.
	Insecure bool
	// HSTSHostOnly leaves subdomains out of Strict-Transport-Security.
	HSTSHostOnly bool
	// Reports asks browsers to report what the Content-Security-Policy made them
	// block.
	Reports bool
	// Proxies are trusted to say where a request comes from, in Header; so is who
	// connects to a Unix socket, if UnixSockets is set.
	Proxies     []netip.Prefix
	UnixSockets bool
	Header      string
	// Client knows better where a request comes from. If nil, nobody does.
	Client func(*http.Request, Client) Client
}

// MenuItem is a backoffice.MenuItem.
type MenuItem struct {
	Group       string
	Label, Text string
	Path        string
	Permission  string
	Icon        string
}

// Server answers requests that the gate lets through. It is safe for concurrent
// use.
type Server struct {
	Config
	mux    *http.ServeMux
	routes map[string]endpoint
	// firsts are the first path segments of our own pages.
	firsts map[string]bool
	// fields are the fields of all forms.
	fields    map[string]bool
	assets    map[string]view.Asset
	widgets   []loader
	guards    guards
	parts     map[string]*part
	cookies   CookieNames
	languages *languages
	// noAddress reports that a request without an IP address was logged.
	noAddress atomic.Bool
	// unguarded are first segments without a guard that were logged.
	unguarded struct {
		sync.Mutex
		seen map[string]bool
	}
	aliases func() *redact.Aliases
}

// New returns a server of the pages in routes.
func New(cfg Config) *Server {
	s := &Server{
		Config: cfg, mux: http.NewServeMux(), routes: routes(), firsts: map[string]bool{}, fields: map[string]bool{},
		assets: cfg.Pages.Assets(), cookies: NamesOf(cfg.Desk.State().Stored.Office, cfg.Desk.Origin+cfg.Desk.Path),
		aliases: cfg.Desk.Aliases, widgets: loaders(cfg.Widgets), languages: newLanguages(cfg.Desk), guards: newGuards(cfg.Guards),
	}
	s.unguarded.seen = map[string]bool{}
	for pattern, e := range s.routes {
		s.mux.Handle(pattern, page(e.serve))
		s.firsts[firstSegment(strings.TrimSuffix(pattern, "{$}"))] = true
		for _, name := range e[http.MethodPost].fields {
			s.fields[name] = true
		}
	}
	s.mux.Handle("/", page((*call).serveHost))
	return s
}

// page is a handler on the mux. It finds its call in the request's context.
type page func(*call) error

func (f page) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	r.Context().Value(contextKey{}).(*call).serve(f)
}

// serve answers with a page.
func (c *call) serve(f page) {
	err := f(c)
	incomplete := err != nil && c.wrote()
	c.fail(err)
	if incomplete {
		// Break the connection, so that half an answer, such as half an export,
		// cannot pass for a whole one.
		panic(http.ErrAbortHandler)
	}
}

// Serve answers a request whose path began with the office's address, which is n bytes
// long, when the gate looked. If the alias has since been retired, on this replica or
// another, Serve writes nothing and returns false: the request belongs to the community.
func (s *Server) Serve(w http.ResponseWriter, r *http.Request, alias string, n int) (ours bool) {
	ours = true // also after a panic
	if r.Body == nil {
		r.Body = http.NoBody // as a server would; adapters and tests may not
	}
	c := s.newCall(w, r, alias, n)
	defer c.answer.end()
	defer c.recoverPanic()
	if c.secure {
		c.readAhead()
	}
	if err := c.identify(); err != nil {
		// Whether the alias is current is not known. The gate took it for ours
		// a moment ago, so the office refuses in its own name.
		c.setHeaders()
		c.fail(err)
		return true
	}
	s.Desk.Remind(r.Context())
	if s.Desk.AliasOf(c.state) != alias {
		return false
	}
	c.setHeaders()
	c.dispatch()
	return true
}

// dispatch refuses requests that no page may see, then hands the request to its page.
func (c *call) dispatch() {
	if !c.secure {
		// Before anything of the request is read: nothing here may travel in
		// the clear (ASVS 12.2.1), but for what makes the refusal legible.
		if _, _, ok := c.asset(); ok && c.method() == http.MethodGet {
			c.serveAsset()
			return
		}
		c.refusePlainHTTP()
		return
	}
	c.warnOfNoAddress()
	if err := c.refuseOtherOrigins(); err != nil {
		c.fail(err)
		return
	}
	if c.Reports && c.path == reportPath {
		c.serveReport()
		return
	}
	if err := c.checkUpgrade(); err != nil {
		c.fail(err)
		return
	}
	if strings.HasPrefix(c.path, "/static/") {
		c.serveAsset()
		return
	}
	if err := c.checkSeeing(); err != nil {
		c.fail(err)
		return
	}
	if page, _ := damagedLink(c.path, c.url.RawQuery); page != "" && !c.unsafe() {
		c.serve((*call).serveDamagedLink)
		return
	}
	if err := c.decide(); err != nil {
		c.fail(err)
		return
	}
	switch {
	case c.path == "":
		_ = c.redirect("/")
	case !clean(c.path):
		// ServeMux would redirect to the clean path, but without the alias.
		c.serve((*call).serveMissing)
	case !c.ours():
		c.serve((*call).serveHost) // as the mux would find out
	default:
		c.mux.ServeHTTP(c.w, c.inner)
	}
}

// clean reports whether a path has no empty and no dot segments.
func clean(p string) bool {
	c := path.Clean(p)
	return p == c || p == c+"/" && c != "/"
}

// ours reports whether the path begins like one of our own pages. Any other is the
// host's.
func (c *call) ours() bool { return c.firsts[firstSegment(c.path)] }

// firstSegment returns a path up to its second slash, without the first.
func firstSegment(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first
}

// serveMissing answers a path that no page can have.
func (c *call) serveMissing() error {
	if err := c.requireSession(); err != nil {
		return err
	}
	return desk.ErrNotFound
}

// serveHost answers a path that is not one of the office's pages: it is the host's, and
// takes a session and what its guard says. Without a guard, the handler is not called.
func (c *call) serveHost() error {
	if e := c.endpoint(); e != nil {
		return e.serve(c)
	}
	if err := c.requireSession(); err != nil {
		return err
	}
	handler := c.host()
	if handler == nil {
		return desk.ErrNotFound
	}
	takes, ok := c.passes()
	if !ok {
		c.warnUnguarded()
		return desk.ErrNotFound
	}
	if _, ours := handler.(PartPages); ours {
		return desk.ErrNotFound // its first segment came with escapes
	}
	defer c.removeFiles()
	if err := c.boundHostBody(); err != nil {
		return err
	}
	if c.unsafe() && !c.extendedConnect() {
		if err := errors.Join(c.readHostForm(), c.identifyAgain()); err != nil {
			return err
		}
		if err := c.requireSession(); err != nil {
			return err
		}
		if err := c.checkForgery(route{access: session, repeatable: true}); err != nil {
			return err
		}
	}
	if permission, lacks := takes.lacks(c.identity); lacks {
		return c.deny(permission)
	}
	c.Desk.Granted(c.ctx(), c.visit, c.identity, takes.permission())
	c.inner.Header = filtered(c.r.Header, c.hostLine)
	c.hosted = true
	c.noteFront(c.answer.Header())
	c.language() // now: the host may ask for it from several goroutines
	handler.ServeHTTP(c.answer.forHost(), c.inner)
	_ = c.answer.begin() // or a router outside would send the status that it has in mind
	return nil
}
