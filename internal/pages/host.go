package pages

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/postern-go/postern/internal/desk"
)

// Scope is the part of a request that the host's pages may use.
type Scope struct{ c *call }

// FromContext returns the scope of a request, and false outside of an office or
// without a session.
func FromContext(ctx context.Context) (Scope, bool) {
	c, ok := ctx.Value(contextKey{}).(*call)
	if !ok || c.identity == nil {
		return Scope{}, false
	}
	return Scope{c}, true
}

// To sends the answers below to w, which the host's middleware may have wrapped.
func (s Scope) To(w http.ResponseWriter) Scope {
	s.c.w = w
	return s
}

// Identity returns the operator who is signed in.
func (s Scope) Identity() *desk.Identity { return s.c.identity }

// URL returns a path inside the office as a link needs it.
func (s Scope) URL(path string) string { return s.c.base + path }

// Visit returns where the request comes from.
func (s Scope) Visit() desk.Visit { return s.c.visit }

// Nonce returns the nonce of this answer's Content-Security-Policy.
func (s Scope) Nonce() string { return s.c.nonce }

// FormToken returns the token that the host's forms must post in "csrf", or send in
// a header; see tokenHeaders.
func (s Scope) FormToken() string { return s.c.formToken() }

// Deny refuses an operator who lacks a permission, and audits it.
func (s Scope) Deny(permission string) { s.c.fail(s.c.deny(permission)) }

// Forbid refuses an operator who has none of the roles, and audits it.
func (s Scope) Forbid(roles []string) {
	c := s.c
	c.Desk.Denied(c.ctx(), c.visit, c.identity, "role "+strings.Join(roles, " or "))
	c.fail(desk.ErrForbidden)
}

// StepUp sends the operator to the page that confirms their identity, which leads
// back here.
func (s Scope) StepUp() { s.c.fail(desk.ErrStepUp) }

// NotFound answers that there is no such page.
func (s Scope) NotFound() { s.c.fail(desk.ErrNotFound) }

// Fail logs an error of the host and answers with the page for it.
func (s Scope) Fail(err error) {
	if err != nil {
		s.c.fail(errors.Join(errHost, err))
	}
}

var errHost = errors.New("page of the host failed")

// Render answers with one of the host's pages inside the layout.
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

// Of reports whether the request came through this office, rather than another
// one in the same process.
func (s Scope) Of(server *Server) bool { return s.c.Server == server }
