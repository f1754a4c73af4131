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

// Config is what the office is served with. backoffice.New checks and fills
// it.
type Config struct {
	Desk  *desk.Desk
	Pages *view.Renderer
	// Host renders the host's own pages; nil when it has none.
	Host *view.HostPages
	// Vault makes nonces, form tokens and request ids.
	Vault *vault.Vault
	// Admin is the host's own handler under the alias; nil when it has none.
	Admin http.Handler
	Menu  []MenuItem
	// Insecure allows plain HTTP, for development on this machine.
	Insecure bool
	// HSTSHostOnly leaves subdomains out of Strict-Transport-Security.
	HSTSHostOnly bool
	// Proxies may say where a request comes from, in the one Header.
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

// Server answers what the gate lets through. It is safe for concurrent use.
type Server struct {
	Config
	mux    *http.ServeMux
	routes map[string]endpoint
	assets map[string]view.Asset
}

// New makes the table of routes.
func New(cfg Config) *Server {
	s := &Server{Config: cfg, mux: http.NewServeMux(), routes: routes(), assets: cfg.Pages.Assets()}
	for pattern, methods := range s.routes {
		s.mux.Handle(pattern, answering(methods.answer))
	}
	s.mux.Handle("/", answering((*call).unknown))
	return s
}

// answering is a handler that finds the call in the request's context.
type answering func(*call) error

func (f answering) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	c := r.Context().Value(contextKey{}).(*call)
	err := f(c)
	half := err != nil && c.wrote
	c.fail(err)
	if half {
		// Half an answer, such as an export, must not look like a whole one: the
		// connection breaks off instead of ending.
		panic(http.ErrAbortHandler)
	}
}

// Serve answers a request whose first path segment was alias when the gate
// looked. It answers nothing and says no when that has stopped being the
// office's address, elsewhere or by the clock: then the request is the
// community's, as if the address had never been.
func (s *Server) Serve(w http.ResponseWriter, r *http.Request, alias string) (ours bool) {
	c := s.call(w, r, alias)
	ours = true // when what follows panics, too
	defer c.rescue()
	if err := c.identify(); err != nil {
		c.head()
		c.fail(err)
		return true
	}
	s.Desk.Remind(r.Context())
	if c.state.Alias(s.Desk.Now()) != alias {
		return false
	}
	c.head()
	c.dispatch()
	return true
}

// dispatch finds out what the request is for.
func (c *call) dispatch() {
	asset, isAsset := strings.CutPrefix(c.path, "/static/")
	switch {
	case !c.secure:
		// Before anything of the request is read or answered: nothing here is
		// for the open wire (ASVS 12.2.1).
		c.plainHTTP()
	case c.identity != nil && c.crossSiteFetch():
		c.fail(errCrossOrigin)
	case isAsset:
		c.asset(asset)
	case c.ruledOut():
	case c.path == "":
		_ = c.redirect("/")
	case !clean(c.path):
		// ServeMux would lead to the clean path, but without the alias.
		c.fail(c.unknown())
	default:
		c.mux.ServeHTTP(c.w, c.inner)
	}
}

// clean says whether a path has no empty and no dot segments.
func clean(p string) bool { return path.Clean(p) == p || path.Clean(p)+"/" == p }

// unknown is a path that is not ours: the host's, for who is signed in.
func (c *call) unknown() error {
	if err := c.enter(); err != nil {
		return err
	}
	if c.Admin == nil || !clean(c.path) {
		return desk.ErrNotFound
	}
	defer c.removeUploads()
	if c.unsafe() {
		if err := errors.Join(c.readHostForm(), c.identifyAgain()); err != nil {
			return err
		}
		if err := c.enter(); err != nil {
			return err
		}
		if err := c.checkForgery(session); err != nil {
			return err
		}
	}
	c.hideCookies(c.inner.Header)
	c.hosted = true
	c.Admin.ServeHTTP(c.w, c.inner)
	return nil
}
