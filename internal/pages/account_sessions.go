package pages

import (
	"errors"
	"net/http"
	"slices"

	"github.com/postern-go/postern/internal/desk"
)

var (
	sessionEnded  = success("session-ended")
	sessionsEnded = success("sessions-ended")
	sessionGone   = info("session-gone")

	browserRemoved  = success("browser-removed")
	browsersRemoved = success("browsers-removed")
	browserGone     = info("browser-gone")
)

// SessionsPage lists the operator's own sessions, the last used first, and their known
// browsers, the last to sign in first. Current is the id of the session that shows the
// page.
type SessionsPage struct {
	Sessions []desk.Session
	Current  string
	Browsers []desk.Browser
}

// OtherBrowsers reports whether there are other browsers than this one.
func (p SessionsPage) OtherBrowsers() bool {
	return slices.ContainsFunc(p.Browsers, func(b desk.Browser) bool { return !b.This })
}

func (SessionsPage) Template() string { return "account_sessions" }

func (c *call) getSessions() error {
	sessions, err := c.Desk.Sessions(c.ctx(), c.identity)
	if err != nil {
		return err
	}
	browsers, err := c.Desk.Browsers(c.ctx(), c.browserVisit(), c.identity)
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, SessionsPage{Sessions: sessions, Current: c.identity.Session.ID, Browsers: browsers})
}

// postSessions ends a session, or removes a known browser.
func (c *call) postSessions() error {
	if c.form.Has("remove") {
		return c.removeBrowser(c.form.Get("remove"))
	}
	ctx, end := c.ctx(), c.form.Get("end")
	if end == "others" {
		if err := c.Desk.EndOtherSessions(ctx, c.visit, c.identity); err != nil {
			return err
		}
		return c.redirect(sessionsEnded.at("/account/sessions"))
	}
	err := c.Desk.EndSession(ctx, c.visit, c.identity, end)
	if errors.Is(err, desk.ErrNotFound) {
		return c.redirect(sessionGone.at("/account/sessions"))
	}
	if err != nil {
		return err
	}
	if end == c.identity.Session.ID {
		c.setCookie(sessionCookie, "")
		return c.redirect("/logout")
	}
	return c.redirect(sessionEnded.at("/account/sessions"))
}

// removeBrowser removes a known browser, or all but this one.
func (c *call) removeBrowser(which string) error {
	ctx, v := c.ctx(), c.browserVisit()
	if which == "others" {
		if err := c.Desk.RemoveOtherBrowsers(ctx, v, c.identity); err != nil {
			return err
		}
		return c.redirect(browsersRemoved.at("/account/sessions"))
	}
	keep, err := c.Desk.RemoveBrowser(ctx, v, c.identity, which)
	if errors.Is(err, desk.ErrNotFound) {
		return c.redirect(browserGone.at("/account/sessions"))
	}
	if err != nil {
		return err
	}
	c.keepBrowsers(keep)
	return c.redirect(browserRemoved.at("/account/sessions"))
}
