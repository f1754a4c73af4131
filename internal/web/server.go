// Package web is the office over HTTP: which request is for which page, what
// it must bring, and what the answer carries. The pages themselves are in
// internal/pages, and what they do is in internal/desk.
package web

import (
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"path"
	"strings"

	"github.com/postern-go/postern/internal/admin"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/pages/view"
	"github.com/postern-go/postern/internal/vault"
)

// Config is what the office is served with. backoffice.New checks and fills
// it.
type Config struct {
	Desk *desk.Desk
	// Services are what operators do to others and to the office.
	Services *admin.Admin
	Pages    *view.Renderer
	// Host renders the host's own pages; nil when it has none.
	Host *view.HostPages
	// Vault makes nonces, form tokens and request ids.
	Vault *vault.Vault
	// Admin is the host's own handler under the alias; nil when it has none.
	Admin http.Handler
	Menu  []MenuItem
	// Insecure allows plain HTTP, for development on this machine.
	Insecure bool
	// Proxies may say where a request comes from, in the one Header.
	Proxies []netip.Prefix
	Header  string
	Log     *slog.Logger
}

// MenuItem is a host's entry in the office's menu.
type MenuItem struct {
	// Group is the heading it stands under; may be empty.
	Group string
	// Label is what people read, Text a line more on the home page.
	Label, Text string
	// Path is inside the office, e.g. "/analytics".
	Path string
	// Permission hides the entry from who lacks it. That is a kindness, not
	// the guard: the page behind it must ask for itself.
	Permission string
}

// Server answers what the gate lets through. It is safe for concurrent use.
type Server struct {
	Config
	mux    *http.ServeMux
	assets map[string]view.Asset
}

// New makes the table of routes.
func New(cfg Config) *Server {
	s := &Server{Config: cfg, mux: http.NewServeMux(), assets: cfg.Pages.Assets()}
	for pattern, methods := range routes() {
		s.mux.Handle(pattern, answering(methods.answer))
	}
	s.mux.Handle("/", answering((*call).unknown))
	return s
}

// answering is a handler that finds the call in the request's context.
type answering func(*call) error

func (f answering) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	c := r.Context().Value(contextKey{}).(*call)
	c.fail(f(c))
}

// Serve answers a request whose first path segment was alias when the gate
// looked. When that has stopped being the office's address, elsewhere or by
// the clock, the request goes to missing, as if it had never been.
func (s *Server) Serve(w http.ResponseWriter, r *http.Request, alias string, missing http.Handler) {
	c := s.call(w, r, alias)
	defer c.rescue()
	if err := c.identify(); err != nil {
		c.head()
		c.fail(err)
		return
	}
	s.Desk.Remind(r.Context())
	if c.state.Alias(s.Desk.Now()) != alias {
		missing.ServeHTTP(w, r)
		return
	}
	c.head()
	if !c.secure {
		// Before anything of the request is read or answered: nothing here is
		// for the open wire (ASVS 12.2.1).
		c.plainHTTP()
		return
	}
	if c.identity != nil && c.crossSiteFetch() {
		c.fail(errCrossOrigin)
		return
	}
	if name, ok := strings.CutPrefix(c.path, "/static/"); ok {
		c.asset(name)
		return
	}
	switch {
	case c.path == "":
		_ = c.redirect("/")
	case !clean(c.path):
		// ServeMux would lead to the clean path, but without the alias.
		c.fail(c.unknown())
	default:
		s.mux.ServeHTTP(c.w, c.inner)
	}
}

// clean says whether a path has no empty and no dot segments.
func clean(p string) bool { return path.Clean(p) == p || path.Clean(p)+"/" == p }

// answer lets a request in as far as the route allows.
func (e endpoint) answer(c *call) error {
	route, ok := e[c.method()]
	if !ok {
		c.w.Header().Set("Allow", e.allow())
		return c.show(http.StatusMethodNotAllowed, pages.MethodNotAllowedPage{})
	}
	if err := c.admit(route); err != nil {
		return err
	}
	err := route.handle(c)
	if errors.Is(err, desk.ErrForbidden) && c.identity != nil {
		// Their permission reaches the page, and not whom or what it is about
		// (ASVS 16.3.2).
		c.s.Desk.Denied(c.r.Context(), c.visit, c.identity, route.permission)
	}
	return err
}

// admit checks what a route asks for, in an order in which nothing can be
// learnt by who may not.
func (c *call) admit(r route) error {
	if c.identity == nil && r.access > signedOut {
		return c.askSignIn()
	}
	if c.unsafe() {
		if err := c.readForm(); err != nil {
			return err
		}
		if r.access == signedOut && c.identity != nil {
			// Signed in already, perhaps in another tab: nothing to do twice.
			return errDone{c.next(c.form.Get("next"))}
		}
		if err := c.checkForgery(r.access); err != nil {
			return err
		}
	}
	if c.identity == nil || r.access == open {
		return nil
	}
	if r.access == signedOut {
		return errDone{c.next(c.r.URL.Query().Get("next"))}
	}
	if to := c.duty(); to != "" && to != c.inner.Pattern && !r.free {
		return errDone{to}
	}
	if r.permission != "" && !c.identity.Can(r.permission) {
		return c.deny(r.permission)
	}
	if r.access == proved && !c.identity.Proved() {
		return desk.ErrStepUp
	}
	return nil
}

// duty is the one page open to somebody who must do something first.
func (c *call) duty() string {
	switch {
	case c.identity.MustEnrol:
		return "/account/two-factor/add"
	case c.identity.MustChangePassword:
		return "/account/password"
	}
	return ""
}

// unknown is a path that is not ours: the host's, for who is signed in.
func (c *call) unknown() error {
	if c.identity == nil {
		return c.askSignIn()
	}
	if to := c.duty(); to != "" {
		return errDone{to}
	}
	if c.s.Admin == nil || !clean(c.path) {
		return desk.ErrNotFound
	}
	defer c.removeUploads()
	if c.unsafe() {
		if err := c.readHostForm(); err != nil {
			return err
		}
		if err := c.checkForgery(session); err != nil {
			return err
		}
	}
	c.hideCookies(c.inner.Header)
	c.s.Admin.ServeHTTP(c.w, c.inner)
	return nil
}

// errDone ends a request by leading elsewhere.
type errDone struct{ to string }

func (errDone) Error() string { return "done" }

func isDone(err error) (string, bool) {
	var d errDone
	ok := errors.As(err, &d)
	return d.to, ok
}
