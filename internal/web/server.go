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

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/pages/view"
	"github.com/postern-go/postern/internal/vault"
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
	for p, methods := range routes() {
		s.mux.Handle(p, methods)
	}
	return s
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
	if name, ok := strings.CutPrefix(c.path, "/static/"); ok {
		c.asset(name)
		return
	}
	if err := c.route(); err != nil {
		c.fail(err)
	}
}

// route finds what the request is for, and lets it in as far as that allows.
func (c *call) route() error {
	if c.path == "" {
		return c.redirect("/")
	}
	if path.Clean(c.path) != c.path && path.Clean(c.path)+"/" != c.path {
		return c.unknown()
	}
	lookup := &http.Request{Method: http.MethodGet, URL: c.inner.URL, Host: "office"}
	h, pattern := c.s.mux.Handler(lookup)
	methods, ok := h.(endpoint)
	if !ok || pattern == "" {
		return c.unknown()
	}
	route, ok := methods[c.method()]
	if !ok {
		c.w.Header().Set("Allow", methods.allow())
		return c.show(http.StatusMethodNotAllowed, pages.MethodNotAllowedPage{})
	}
	// ServeMux sets path values only while serving.
	c.s.mux.ServeHTTP(noWriter{}, lookup)
	c.id1 = lookup.PathValue("id")
	if err := c.admit(route); err != nil {
		return err
	}
	return route.handle(c)
}

// noWriter lets ServeMux match without answering.
type noWriter struct{}

func (noWriter) Header() http.Header         { return http.Header{} }
func (noWriter) Write(b []byte) (int, error) { return len(b), nil }
func (noWriter) WriteHeader(int)             {}

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
		if err := c.checkForgery(); err != nil {
			return err
		}
	}
	if c.identity == nil {
		return nil
	}
	if r.access == signedOut {
		return errDone{c.next(c.r.URL.Query().Get("next"))}
	}
	if to := c.confined(); to != "" && !r.free {
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

// confined is the one page open to somebody who must do something first.
func (c *call) confined() string {
	switch {
	case c.identity.MustEnrol && c.path != "/account/two-factor/add":
		return "/account/two-factor/add"
	case c.identity.MustChangePassword && !c.identity.MustEnrol && c.path != "/account/password":
		return "/account/password"
	}
	return ""
}

// unknown is a path that is not ours: the host's, for who is signed in.
func (c *call) unknown() error {
	if c.identity == nil {
		return c.askSignIn()
	}
	if to := c.confined(); to != "" {
		return c.redirect(to)
	}
	if c.s.Admin == nil || path.Clean(c.path) != c.path && path.Clean(c.path)+"/" != c.path {
		return desk.ErrNotFound
	}
	if c.unsafe() {
		if err := c.readHostForm(); err != nil {
			return err
		}
		if err := c.checkForgery(); err != nil {
			return err
		}
	}
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
