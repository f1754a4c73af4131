package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
)

var (
	sessionEnded  = success("session-ended", "Session ended.")
	sessionsEnded = success("sessions-ended", "All other sessions ended.")
	sessionGone   = info("session-gone", "That session had already ended.")
)

// SessionsPage lists the operator's own sessions, the last used first. Current is
// the id of the one that shows the page.
type SessionsPage struct {
	Sessions []desk.Session
	Current  string
}

func (SessionsPage) Template() string { return "account_sessions" }

func (c *call) getSessions() error {
	sessions, err := c.Desk.Sessions(c.ctx(), c.identity)
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, SessionsPage{Sessions: sessions, Current: c.identity.Session.ID})
}

func (c *call) postSessions() error {
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
