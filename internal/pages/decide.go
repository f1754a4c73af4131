package pages

import (
	"errors"
	"net/http"
	"net/textproto"

	"github.com/postern-go/postern/internal/desk"
)

// decide asks the host's rule about a request of a session, before anything of
// it is done. Pages for everybody are none of the session's, and signing out is
// always allowed, because it only takes away. It is the one place where
// requests are asked about: whatever the path is, it comes by here.
func (c *call) decide() error {
	if c.identity == nil || c.Desk.Decide == nil || c.path == "/logout" {
		return nil
	}
	_, pattern := c.mux.Handler(c.inner)
	route := c.routes[pattern][c.method()]
	if route.access == open {
		return nil
	}
	err := c.Desk.Ask(c.ctx(), desk.Question{Identity: c.identity, Visit: c.visit, Permission: route.permission})
	if errors.Is(err, desk.ErrStepUp) && c.path == "/step-up" {
		return nil
	}
	return err
}

// ruledOut says whether the host's rule has answered the request.
func (c *call) ruledOut() bool {
	err := c.decide()
	c.fail(err)
	return err != nil
}

// refused shows that the host let somebody not in, or not on.
func (c *call) refused(err *desk.RefusedError) {
	p, status := RefusedPage{Text: err.Text, SignedIn: c.identity != nil}, http.StatusForbidden
	if err.Text == "" {
		p.RequestID, status = c.visit.RequestID, http.StatusServiceUnavailable
	}
	c.outside = true
	c.problem(status, p)
}

// header reads a header for the host's rule. A cookie is nobody's business
// there, and of several values nobody knows which one the proxy has set.
func (c *call) header(name string) string {
	values := c.r.Header.Values(name)
	if len(values) != 1 || textproto.CanonicalMIMEHeaderKey(name) == "Cookie" {
		return ""
	}
	return values[0]
}
