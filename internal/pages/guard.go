package pages

import (
	"errors"
	"net/http"
	"strings"

	"github.com/postern-go/postern/internal/desk"
)

// answer lets a request in as far as the route allows.
func (e endpoint) answer(c *call) error {
	_, page := e[http.MethodGet]
	c.postOnly = !page
	route, ok := e[c.method()]
	if !ok {
		c.w.Header().Set("Allow", e.allow())
		c.Desk.Malformed(c.ctx(), c.visit, c.identity, "another method")
		return c.show(http.StatusMethodNotAllowed, MethodNotAllowedPage{})
	}
	if err := c.admit(route); err != nil {
		return err
	}
	err := route.handle(c)
	if errors.Is(err, desk.ErrForbidden) && c.identity != nil {
		// Their permission reaches the page, and not whom or what it is about
		// (ASVS 16.3.2).
		c.Desk.Denied(c.ctx(), c.visit, c.identity, route.permission)
	}
	return err
}

// admit checks what a route asks for, in an order in which nothing can be
// learnt by who may not.
func (c *call) admit(r route) error {
	if c.identity == nil && r.access < signedOut {
		return c.askSignIn()
	}
	if r.access == signedOut && c.arrived() && within(c.path, "/login") {
		return errArrived
	}
	if c.unsafe() {
		if err := errors.Join(c.readForm(), c.identifyAgain()); err != nil {
			return err
		}
		if c.identity == nil && r.access < signedOut {
			return c.askSignIn()
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

// enrolPath is where somebody signed in adds an authenticator app.
const enrolPath = "/account/two-factor/add"

// duty is the one page open to somebody who must do something first.
func (c *call) duty() string {
	switch {
	case c.identity.MustEnrol:
		return enrolPath
	case c.identity.MustChangePassword:
		return "/account/password"
	}
	return ""
}

// enter is what every page of the host's takes: somebody signed in who has
// nothing to do first.
func (c *call) enter() error {
	if c.identity == nil {
		return c.askSignIn()
	}
	if to := c.duty(); to != "" {
		return errDone{to}
	}
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

// identify finds who is there, and brings the parameters up to date: one read
// of the store for somebody signed in, and one for somebody who is not.
func (c *call) identify() error {
	ctx := c.ctx()
	if token := c.sessionToken(); token != "" && c.secure && !strings.HasPrefix(c.path, "/static/") {
		id, err := c.Desk.Authenticate(ctx, c.visit, token)
		if err == nil {
			c.identity, c.state = id, id.State
			return nil
		}
		if !errors.Is(err, desk.ErrNoSession) {
			return err
		}
	}
	state, err := c.Desk.Fresh(ctx)
	c.state = state
	return err
}

// identifyAgain asks anew who is there, once a body was read: it may have come
// slowly, and the session may have ended or the operator been disabled since.
func (c *call) identifyAgain() error {
	c.identity = nil
	return c.identify()
}
