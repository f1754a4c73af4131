package pages

import (
	"errors"
	"net/http"
	"net/textproto"

	"github.com/postern-go/postern/internal/desk"
)

// decide asks the host's rule about a request in a session, before any of it is
// done. Every such request comes by here, whatever its path. Pages that are open
// to everyone do not depend on the session, so they are not asked about; nor is
// signing out, which only takes away.
func (c *call) decide() error {
	if c.identity == nil || c.Desk.Decide == nil || c.path == "/logout" {
		return nil
	}
	_, pattern := c.mux.Handler(c.inner)
	route := c.routes[pattern][c.method()]
	if route.access == open {
		return nil
	}
	// Nothing of the request is checked yet, so its context does not act as the
	// operator.
	err := c.Desk.Ask(c.r.Context(), desk.Question{Identity: c.identity, Visit: c.visit, Permission: route.permission})
	if errors.Is(err, desk.ErrStepUp) && c.path == "/step-up" {
		return nil
	}
	return err
}

// refuse shows that the host's rule refused a sign-in or a request.
func (c *call) refuse(err *desk.RefusedError) {
	p, status := RefusedPage{Text: err.Text, SignedIn: c.identity != nil}, http.StatusForbidden
	if err.Text == "" {
		p.RequestID, status = c.visit.RequestID, http.StatusServiceUnavailable
	}
	c.outside = true
	c.problem(status, p)
}

// header reads a header for the host's rule. It returns "" for cookies, which
// are not the rule's business, and for a header that came more than once: any of
// its values could be the client's own.
func (c *call) header(name string) string {
	values := c.r.Header.Values(name)
	if len(values) != 1 || textproto.CanonicalMIMEHeaderKey(name) == "Cookie" {
		return ""
	}
	return values[0]
}
