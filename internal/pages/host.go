package pages

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/postern-go/postern/internal/desk"
)

// Scope is what the host's pages may know of the request they answer.
type Scope struct{ c *call }

// FromContext finds the office that a request came through. Outside of it, or
// with nobody signed in, there is none.
func FromContext(ctx context.Context) (Scope, bool) {
	c, ok := ctx.Value(contextKey{}).(*call)
	if !ok || c.identity == nil {
		return Scope{}, false
	}
	return Scope{c}, true
}

// To makes the answers below go to w, which the host's middleware may have
// wrapped.
func (s Scope) To(w http.ResponseWriter) Scope {
	s.c.w = w
	return s
}

// Identity is who is signed in.
func (s Scope) Identity() *desk.Identity { return s.c.identity }

// URL is a path inside the office as the browser needs it.
func (s Scope) URL(path string) string { return s.c.base + path }

// Visit is where the request comes from.
func (s Scope) Visit() desk.Visit { return s.c.visit }

// Nonce is that of this answer's Content-Security-Policy.
func (s Scope) Nonce() string { return s.c.nonce }

// FormToken is what a form of the host's must post in "csrf", or send in the
// header X-CSRF-Token.
func (s Scope) FormToken() string { return s.c.formToken() }

// Deny answers that the roles do not reach, and writes it down.
func (s Scope) Deny(permission string) { s.c.fail(s.c.deny(permission)) }

// Forbid answers that none of the roles is the operator's, and writes it down.
func (s Scope) Forbid(roles []string) {
	c := s.c
	c.Desk.Denied(c.ctx(), c.visit, c.identity, "role "+strings.Join(roles, " or "))
	c.fail(desk.ErrForbidden)
}

// StepUp leads to the page where the operator proves who they are, and from
// there back.
func (s Scope) StepUp() { s.c.fail(desk.ErrStepUp) }

// NotFound answers with the office's own missing page.
func (s Scope) NotFound() { s.c.fail(desk.ErrNotFound) }

// Fail answers a failure of the host's with the office's page for it, and logs
// it.
func (s Scope) Fail(err error) {
	if err != nil {
		s.c.fail(errors.Join(errHost, err))
	}
}

var errHost = errors.New("page of the host failed")

// Render answers with a page of the host's inside the office's layout.
func (s Scope) Render(status int, page, title string, data any) {
	c := s.c
	if c.Host == nil {
		c.fail(errors.New("no host pages are configured"))
		return
	}
	f := c.frame()
	f.Title = title
	html, err := c.Host.Render(f, page, data)
	if err == nil {
		err = c.write(status, html)
	}
	c.fail(err)
}

// Of says whether the request came through this office, and not through
// another one in the same process.
func (s Scope) Of(server *Server) bool { return s.c.Server == server }
