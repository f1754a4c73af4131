package pages

import (
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"path"
	"strings"

	"github.com/postern-go/postern/internal/desk"
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
	Menu    []MenuItem
	// Insecure allows plain HTTP, for development on this machine.
	Insecure bool
	// HSTSHostOnly leaves subdomains out of Strict-Transport-Security.
	HSTSHostOnly bool
	// Proxies are trusted to say where a request comes from, in Header.
	Proxies []netip.Prefix
	Header  string
	Log     *slog.Logger
}

// MenuItem is a backoffice.MenuItem.
type MenuItem struct {
	Group       string
	Label, Text string
	Path        string
	Permission  string
}

// Server answers requests that the gate lets through. It is safe for concurrent
// use.
type Server struct {
	Config
	mux    *http.ServeMux
	routes map[string]endpoint
	assets map[string]view.Asset
}

// New returns a server of the pages in routes.
func New(cfg Config) *Server {
	s := &Server{Config: cfg, mux: http.NewServeMux(), routes: routes(), assets: cfg.Pages.Assets()}
	for pattern, e := range s.routes {
		s.mux.Handle(pattern, page(e.serve))
	}
	s.mux.Handle("/", page((*call).serveHost))
	return s
}

// page is a handler on the mux. It finds its call in the request's context.
type page func(*call) error

func (f page) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	c := r.Context().Value(contextKey{}).(*call)
	err := f(c)
	incomplete := err != nil && c.wrote
	c.fail(err)
	if incomplete {
		// Break the connection, so that half an answer, such as half an export,
		// cannot pass for a whole one.
		panic(http.ErrAbortHandler)
	}
}

// Serve answers a request whose first path segment was the alias when the gate
// looked. If the alias has since been retired, on this replica or another, Serve
// writes nothing and returns false: the request belongs to the community.
func (s *Server) Serve(w http.ResponseWriter, r *http.Request, alias string) (ours bool) {
	c := s.newCall(w, r, alias)
	ours = true // also after a panic
	defer c.recoverPanic()
	if err := c.identify(); err != nil {
		// Whether the alias is current is not known. The gate took it for ours
		// a moment ago, so the office refuses in its own name.
		c.setHeaders()
		c.fail(err)
		return true
	}
	s.Desk.Remind(r.Context())
	if c.state.Alias(s.Desk.Now()) != alias {
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
		// the clear (ASVS 12.2.1).
		c.refusePlainHTTP()
		return
	}
	if c.identity != nil && c.crossSiteFetch() {
		c.fail(errCrossOrigin)
		return
	}
	if name, ok := strings.CutPrefix(c.path, "/static/"); ok {
		c.serveAsset(name)
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
		c.fail(c.serveHost())
	default:
		c.mux.ServeHTTP(c.w, c.inner)
	}
}

// clean reports whether a path has no empty and no dot segments.
func clean(p string) bool { return path.Clean(p) == p || path.Clean(p)+"/" == p }

// serveHost answers a path that is not one of the office's pages: it is the host's,
// and takes a session.
func (c *call) serveHost() error {
	if err := c.requireSession(); err != nil {
		return err
	}
	if c.Handler == nil || !clean(c.path) {
		return desk.ErrNotFound
	}
	defer c.removeUploads()
	if c.unsafe() {
		if err := errors.Join(c.readHostForm(), c.identifyAgain()); err != nil {
			return err
		}
		if err := c.requireSession(); err != nil {
			return err
		}
		if err := c.checkForgery(session); err != nil {
			return err
		}
	}
	c.hideCookies(c.inner.Header)
	c.hosted = true
	c.Handler.ServeHTTP(c.w, c.inner)
	return nil
}
