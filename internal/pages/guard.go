package pages

import (
	"cmp"
	"errors"
	"net/http"
	"net/textproto"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
)

// serve answers a request to one of our pages, if its route admits it.
func (e endpoint) serve(c *call) error {
	_, hasPage := e[http.MethodGet]
	c.postOnly = !hasPage
	route, ok := e[c.method()]
	if !ok && c.identity == nil && !c.ours() {
		return c.askSignIn(c.requested(), false) // who knows ours, but not which parts the host has
	}
	if !ok {
		c.w.Header().Set("Allow", e.allow())
		c.Desk.Malformed(c.ctx(), c.visit, c.identity, "another method")
		c.problem(http.StatusMethodNotAllowed, MethodNotAllowedPage{})
		return nil
	}
	defer c.release()
	if err := c.admit(route); err != nil || c.wrote() {
		return err
	}
	dropped := c.dropUnknown(route.fields)
	c.Desk.Granted(c.ctx(), c.visit, c.identity, route.permission)
	handle := route.handle
	switch {
	case c.identity == nil:
	case c.seeing(): // what was typed before is neither shown nor touched
	case c.method() == http.MethodGet:
		handle = c.resume(e, route)
	case route.previews && c.form.Get("confirm") == editAgain:
		handle, c.filling = e[http.MethodGet].handle, &filling{path: c.path, values: c.form, id: c.form.Get(keptField)}
	}
	err := handle(c)
	if dropped != "" {
		c.Desk.Malformed(c.ctx(), c.visit, c.identity, dropped)
	}
	if errors.Is(err, desk.ErrForbidden) && c.identity != nil {
		// The operator may open the page, but not act on this record (ASVS
		// 16.3.2).
		c.Desk.Denied(c.ctx(), c.visit, c.identity, route.permission)
	}
	return err
}

// admit checks what a route requires, and returns nil only if all of it holds, or if the
// request is the same form again and is already answered:
// a session first, then the origin and the token of a form, then the permission,
// then a recent confirmation of identity. Each check comes before any that would
// tell its answer to someone who fails this one.
func (c *call) admit(r route) error {
	if c.identity == nil && r.access < signedOut {
		return c.signedOut(r)
	}
	if r.access == signedOut && c.crossSiteNavigation() && within(c.path, "/login") {
		return errCrossSiteNavigation
	}
	if c.unsafe() {
		if err := errors.Join(c.readForm(), c.identifyAgain()); err != nil {
			return err
		}
		if c.identity == nil && r.access < signedOut {
			return c.signedOut(r)
		}
		if r.access == signedOut && c.identity != nil {
			if c.answeredBefore(r) {
				return nil
			}
			// Signed in already, perhaps in another tab.
			return errRedirect{c.next(c.form)}
		}
		if err := c.checkForgery(r); err != nil || c.wrote() {
			return err
		}
	}
	if c.identity == nil || r.access == open {
		return nil
	}
	if r.access == signedOut {
		return errRedirect{c.next(c.query())}
	}
	if steps := c.requiredSteps(); len(steps) > 0 && !slices.Contains(steps, c.inner.Pattern) && !r.free {
		return c.leadToStep(steps[0])
	}
	for _, permission := range []string{r.part, r.permission} {
		if permission != "" && !c.identity.Can(permission) {
			return c.deny(permission)
		}
	}
	if r.access == proved && !c.identity.Proved() {
		return desk.ErrStepUp
	}
	if r.list {
		return c.Desk.MayList(c.identity, !c.navigation())
	}
	return nil
}

// signedOut answers a request that needs a session and has none.
func (c *call) signedOut(r route) error {
	if c.answeredBefore(r) {
		return nil
	}
	return c.askSignIn(c.formAgain(keptForSignIn))
}

// enrolPath is where a signed-in operator adds an authenticator app.
const enrolPath = "/account/two-factor/add"

// requiredSteps returns the pages of which the operator has to finish one before any other
// opens, the one to lead to first.
func (c *call) requiredSteps() []string {
	switch {
	case c.identity.MustUsePasskey:
		return []string{"/step-up"}
	case c.identity.MustAddPasskey:
		return []string{passkeyPath}
	case c.identity.MustEnrol && c.Desk.HasPasskeys():
		return []string{passkeyPath, enrolPath}
	case c.identity.MustEnrol:
		return []string{enrolPath}
	case c.identity.MustChangePassword:
		return []string{"/account/password"}
	}
	return nil
}

// requiredStep returns the first of them, or "".
func (c *call) requiredStep() string {
	for _, step := range c.requiredSteps() {
		return step
	}
	return ""
}

// leadToStep leads to a required step. What was asked for waits behind a confirmation of
// identity, as behind any other.
func (c *call) leadToStep(to string) error {
	if to == "/step-up" {
		return desk.ErrStepUp
	}
	return errRedirect{to}
}

// requireSession admits operators with a session and no required step.
func (c *call) requireSession() error {
	if c.identity == nil {
		return c.askSignIn(c.requested(), false)
	}
	if to := c.requiredStep(); to != "" {
		return c.leadToStep(to)
	}
	return nil
}

// errRedirect ends a request with a redirect to a path inside the office.
type errRedirect struct{ to string }

func (errRedirect) Error() string { return "redirect" }

// identify finds who is signed in and refreshes the parameters. It costs one read
// of the store, and two more for a cookie without a session.
func (c *call) identify() error {
	ctx := c.ctx()
	if c.unsafe() {
		c.readAt = c.Desk.Now()
	}
	if token := c.token(sessionCookie); token != "" && c.secure && !strings.HasPrefix(c.path, "/static/") {
		id, err := c.Desk.Authenticate(ctx, c.visit, token)
		if err == nil {
			c.identity, c.state = id, id.State
			return c.seeAs()
		}
		if !errors.Is(err, desk.ErrNoSession) {
			return err
		}
		c.noSession = err
	}
	state, err := c.Desk.Fresh(ctx)
	c.state = state
	return err
}

// askSignIn redirects to the sign-in page, which goes on to next, where what was typed may
// be kept. It leaves an unknown session cookie alone: another answer, still under way, may
// have just replaced its token.
func (c *call) askSignIn(next string, kept bool) error {
	if c.crossSiteNavigation() {
		return errCrossSiteNavigation
	}
	if errors.Is(c.noSession, desk.ErrUnknownSession) {
		c.Desk.Unknown(c.ctx(), c.visit)
	}
	return errRedirect{c.signInPage(safeNext(next), kept)}
}

// signInPage is the sign-in page, which says why someone is there who did not choose to be.
func (c *call) signInPage(next string, kept bool) string {
	to := withNext("/login", next)
	switch {
	case kept:
		return keptUntilSignIn.with(to)
	case c.unsafe() && c.path != "/logout": // signing out twice is no mistake
		return unsaved.with(to)
	case errors.Is(c.noSession, desk.ErrEvicted):
		return evicted.with(to)
	}
	return to
}

// errCrossSiteNavigation reports a request that came without our cookies
// because it followed a link of another site; see [call.crossSiteNavigation].
var errCrossSiteNavigation = errors.New("link followed from another site")

// crossSiteNavigation reports whether someone without a session followed a link
// of another site. Our cookies are SameSite=Strict, so they stayed behind, and
// will be sent with the next request. Until then nothing may be set: it would
// replace them, and with them a session or a sign-in.
func (c *call) crossSiteNavigation() bool {
	h := c.r.Header
	return c.identity == nil && c.method() == http.MethodGet &&
		h.Get("Sec-Fetch-Site") == "cross-site" && h.Get("Sec-Fetch-Mode") == "navigate"
}

// deny audits that the operator lacks a permission, and returns the refusal.
func (c *call) deny(permission string) error {
	c.Desk.Denied(c.ctx(), c.visit, c.identity, permission)
	for _, p := range c.Desk.Permissions() {
		if p.Key == permission {
			return errDenied{c.say(p.Title())}
		}
	}
	return errDenied{}
}

// errDenied is the refusal of an operator who lacks the permission with this
// label.
type errDenied struct{ label string }

func (errDenied) Error() string { return "permission denied" }

// decide asks the host's rule about a request in a session, before any of it is
// done. Every such request comes by here. Pages that are open to everyone do not
// depend on the session, so they are not asked about; nor is signing out, which
// only takes away.
func (c *call) decide() error {
	if c.identity == nil || c.Desk.Decide == nil || c.path == "/logout" {
		return nil
	}
	var of route
	if c.ours() {
		_, pattern := c.mux.Handler(c.inner)
		of = c.routes[pattern][c.method()]
	} else {
		takes, _ := c.passes()
		of = route{access: session, permission: cmp.Or(c.route().permission, takes.permission())}
	}
	if of.access == open {
		return nil
	}
	err := c.askRule(of.permission)
	if errors.Is(err, desk.ErrStepUp) && within(c.path, "/step-up") {
		return nil
	}
	return err
}

// askRule asks the host's rule about a permission.
func (c *call) askRule(permission string) error {
	return c.Desk.Ask(unasked{c}, desk.AboutRequest(c.identity, c.visit, permission))
}

// refuse shows that the host's rule refused a sign-in or a request.
func (c *call) refuse(err *desk.RefusedError) {
	p, status := RefusedPage{Text: c.say(messages.Host(err.Text)), SignedIn: c.identity != nil}, http.StatusForbidden
	if err.Text == "" {
		p.RequestID, status = c.visit.RequestID, http.StatusServiceUnavailable
	}
	c.outside = true
	c.problem(status, p)
}

// withoutPasskeys refuses an account that must have a passkey where the office has none.
func (c *call) withoutPasskeys() {
	c.outside = true
	c.problem(http.StatusForbidden, RefusedPage{Text: c.t("passkey.cannot", "contact", c.contact()), SignedIn: c.identity != nil})
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
