package pages

import (
	"errors"
	"net/http"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/letters"
)

var (
	sessionEnded  = success("session-ended", "Session ended.")
	sessionsEnded = success("sessions-ended", "All other sessions ended.")
	sessionGone   = info("session-gone", "That session had already ended.")
)

// SessionsPage lists the operator's own sessions, the last used first.
type SessionsPage struct{ Sessions []SessionRow }

// SessionRow is a session. Device is in words; see [letters.Device].
type SessionRow struct {
	ID, Device, IP  string
	Since, LastSeen time.Time
	// Current reports that the page is shown in this session.
	Current bool
}

func (SessionsPage) Template() string { return "account_sessions" }

func (c *call) getSessions() error {
	sessions, err := c.Desk.Sessions(c.ctx(), c.identity)
	if err != nil {
		return err
	}
	var p SessionsPage
	for _, s := range sessions {
		p.Sessions = append(p.Sessions, SessionRow{
			ID: s.ID, Device: letters.Device(s.UserAgent), IP: s.IP, Since: s.CreatedAt, LastSeen: s.SeenAt,
			Current: s.ID == c.identity.Session.ID,
		})
	}
	return c.show(http.StatusOK, p)
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
