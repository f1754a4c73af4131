package pages

import (
	"errors"
	"net/http"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var (
	sessionEnded  = success("session-ended", "Session ended.")
	sessionsEnded = success("sessions-ended", "All other sessions ended.")
	sessionGone   = info("session-gone", "That session had already ended.")
)

// SessionsPage lists where the operator is signed in.
type SessionsPage struct {
	// Sessions are ordered by last use, this one included.
	Sessions []SessionRow
}

// SessionRow is one signed-in browser.
type SessionRow struct {
	// ID is what the form that ends it sends, in the hidden input "end".
	ID string
	// Device is in words; see [Device].
	Device, Address string
	Since, LastSeen time.Time
	// Current is the session that looks at the page.
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
			ID: s.ID, Device: view.Device(s.UserAgent), Address: s.IP, Since: s.CreatedAt, LastSeen: s.SeenAt,
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
