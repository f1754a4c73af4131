package pages

import (
	"net/http"
	"time"

	"github.com/postern-go/postern/internal/view"
)

// warnBefore is how long before the end of a session people are told (WCAG 2.2.1), or half of
// the longest idle time if that is shorter.
const warnBefore = 2 * time.Minute

// sessionTime is how long the session lasts. A page says the time left and no time of day, as
// the reader's clock may be wrong.
func (c *call) sessionTime() *view.SessionTime {
	unused, atMost := c.identity.Left()
	seconds := func(d time.Duration) int { return int(d / time.Second) }
	return &view.SessionTime{
		Unused: seconds(unused), AtMost: seconds(atMost), Warn: seconds(min(warnBefore, c.identity.State.Settings.Session.Idle/2)),
	}
}

// sessionPath is where the script extends the session when someone asks for it.
const sessionPath = "/account/session"

// getSession keeps the session alive, as every request does that is not passive, and answers
// a script how long it lasts now.
func (c *call) getSession() error {
	if err := c.onlyScripts(); err != nil {
		return err
	}
	left := c.sessionTime()
	return c.writeJSON(http.StatusOK, "application/json", map[string]int{"unused": left.Unused, "at_most": left.AtMost})
}
