package pages

import (
	"context"
	"errors"
	"net/http"
	"path"
	"strconv"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/password"
)

// fail is the one place where an error becomes an answer. What a person can do
// something about has a page of its own; the rest is logged here, once, and
// the page only names the request.
func (c *call) fail(err error) {
	if err == nil {
		return
	}
	if c.wrote {
		c.Log.ErrorContext(c.ctx(), "answer broke off", "request", c.visit.RequestID, "route", c.visit.Route, "error", err)
		return
	}
	if to, ok := isDone(err); ok {
		_ = c.redirect(to)
		return
	}
	limited, busy := (*desk.LimitedError)(nil), (*password.BusyError)(nil)
	unread, lacking := badRequest(0), denied{}
	refused, bad := (*desk.RefusedError)(nil), (*desk.InvalidError)(nil)
	switch {
	case errors.As(err, &limited):
		c.Desk.Limited(c.ctx(), c.visit, c.identity, limited)
		c.retryAfter(limited.RetryAt)
		c.problem(http.StatusTooManyRequests, TooManyTriesPage{Until: limited.RetryAt, Back: c.back()})
	case errors.As(err, &busy):
		c.w.Header().Set("Retry-After", strconv.Itoa(max(1, int(busy.RetryAfter.Seconds()))))
		c.problem(http.StatusServiceUnavailable, BusyPage{Back: c.back()})
	case errors.As(err, &refused):
		c.refused(refused)
	case errors.As(err, &bad):
		c.notDone(bad.Error())
	case errors.Is(err, desk.ErrLastSuperAdministrator):
		c.notDone("This is the last active super-administrator. Make somebody else one first.")
	case errors.Is(err, desk.ErrElsewhere):
		c.notDone("This operator signs in with the password of the community.")
	case errors.Is(err, desk.ErrNoSession):
		_ = c.redirect(withNext("/login", c.wanted()))
	case errors.Is(err, desk.ErrStepUp):
		_ = c.redirect(withNext("/step-up", c.returnTo()))
	case errors.Is(err, desk.ErrTooManyCodes):
		_ = c.redirect(tooManyCodes.at("/login"))
	case errors.Is(err, desk.ErrSignInEnded):
		_ = c.redirect(signInEnded.at("/login"))
	case errors.Is(err, desk.ErrPaused):
		c.problem(http.StatusServiceUnavailable, MaintenancePage{Text: c.state.Settings.PausedText})
	case errors.Is(err, desk.ErrLink), errors.Is(err, desk.ErrSetUp):
		c.problem(http.StatusGone, LinkPage{})
	case errors.Is(err, errArrived):
		c.bare = true
		c.problem(http.StatusOK, ContinuePage{Next: c.onward()})
	case errors.As(err, &lacking):
		c.problem(http.StatusForbidden, ForbiddenPage{Permission: lacking.label})
	case errors.Is(err, desk.ErrForbidden):
		c.problem(http.StatusForbidden, ForbiddenPage{})
	case errors.Is(err, desk.ErrNotFound):
		c.problem(http.StatusNotFound, NotFoundPage{})
	case errors.Is(err, desk.ErrChanged), errors.Is(err, errStaleForm):
		c.problem(http.StatusForbidden, StaleFormPage{Back: c.returnTo()})
	case errors.Is(err, errCrossOrigin):
		c.problem(http.StatusForbidden, CrossOriginPage{})
	case errors.Is(err, ErrUnknownAct):
		c.Desk.Malformed(c.ctx(), c.visit, c.identity, err.Error())
		c.problem(http.StatusBadRequest, BadRequestPage{Back: c.returnTo()})
	case errors.As(err, &unread):
		c.Desk.Malformed(c.ctx(), c.visit, c.identity, err.Error())
		c.problem(int(unread), BadRequestPage{Back: c.returnTo()})
	default:
		c.broken(err)
	}
}

// broken answers a failure of ours. Whether the store is down is asked of the
// store.
func (c *call) broken(err error) {
	ctx := c.ctx()
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return
	}
	c.Log.ErrorContext(ctx, "request failed", "request", c.visit.RequestID, "route", c.visit.Route, "error", err)
	probe, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if down := c.Desk.CheckStore(probe); down != nil {
		c.w.Header().Set("Retry-After", "30")
		c.problem(http.StatusServiceUnavailable, StoreDownPage{RequestID: c.visit.RequestID, Back: c.returnTo()})
		return
	}
	c.problem(http.StatusInternalServerError, UnexpectedPage{RequestID: c.visit.RequestID, Back: c.returnTo()})
}

// notDone says why something was not done, where no form can say it.
func (c *call) notDone(text string) {
	c.problem(http.StatusUnprocessableEntity, NotDonePage{Text: text, Back: c.returnTo()})
}

// problem shows a refusal. When even that fails, a bare line is left.
func (c *call) problem(status int, p view.Page) {
	err := c.show(status, p)
	if err == nil {
		return
	}
	c.Log.ErrorContext(c.ctx(), "page not shown", "request", c.visit.RequestID, "route", c.visit.Route, "error", err)
	if !c.wrote {
		http.Error(c.w, http.StatusText(status), status)
	}
}

// plainHTTP refuses what did not come over HTTPS.
func (c *call) plainHTTP() {
	c.Log.WarnContext(c.ctx(), "request over plain HTTP refused; behind a proxy that ends TLS, name it in TrustedProxies",
		"request", c.visit.RequestID)
	c.problem(http.StatusForbidden, PlainHTTPPage{})
}

// retryAfter says when to come back. Where only somebody else can help, it is
// an hour.
func (c *call) retryAfter(at time.Time) {
	seconds := 3600
	if !at.IsZero() {
		seconds = max(1, int(at.Sub(c.Desk.Now()).Seconds()+0.999))
	}
	c.w.Header().Set("Retry-After", strconv.Itoa(seconds))
}

// returnTo is the page that a refused form came from: its own path, fetched.
func (c *call) returnTo() string {
	if c.unsafe() {
		return c.back()
	}
	return c.wanted()
}

// back is where somebody goes on from a refusal. An act without a page of its
// own, such as unlocking, is a button on the page above it.
func (c *call) back() string {
	if c.postOnly {
		return safeReturn(path.Dir(c.path))
	}
	return safeReturn(c.path)
}

// safeReturn is a path of ours that can be fetched.
func safeReturn(p string) string {
	switch p {
	case "/login/code", "/login/recovery", "/login/enrol":
		return "/login"
	case "/login", "/setup", "/forgot", "/reset", "/welcome", "/step-up":
		return p
	case "/logout":
		return "/"
	}
	return safeNext(p)
}

// errArrived says that somebody came from another site, so that their browser
// has not said yet who they are.
var errArrived = errors.New("arrived from another site")

// arrived says whether somebody followed a link of another site. Their browser
// has not sent the office's cookies, because those are SameSite=Strict; one
// step further it does. Until then nothing may be set: it would replace what
// they have, and end their session or the sign-in they began.
func (c *call) arrived() bool {
	h := c.r.Header
	return c.identity == nil && c.method() == http.MethodGet &&
		h.Get("Sec-Fetch-Site") == "cross-site" && h.Get("Sec-Fetch-Mode") == "navigate"
}

// onward is where somebody who arrived goes on to: what they asked for.
func (c *call) onward() string {
	switch c.path {
	case "/login":
		return withNext("/login", c.next(c.r.URL.Query().Get("next")))
	case "/login/code", "/login/recovery", "/login/enrol", "/login/lost-phone":
		return c.path
	}
	return c.wanted()
}

// askSignIn leads to the sign-in page, and from there back. The cookie of a
// session stays, even when there is no such session: it may just have got
// another token, in an answer that this request has crossed.
func (c *call) askSignIn() error {
	if c.arrived() {
		return errArrived
	}
	return errDone{withNext("/login", c.wanted())}
}

// deny writes down that somebody's roles do not reach, and returns the refusal.
func (c *call) deny(permission string) error {
	c.Desk.Denied(c.ctx(), c.visit, c.identity, permission)
	label := ""
	for _, p := range c.Desk.Permissions() {
		if p.Key == permission {
			label = p.Label
		}
	}
	return denied{label}
}

// denied is the refusal of somebody who lacks a permission, by its label.
type denied struct{ label string }

func (denied) Error() string { return "permission denied" }
