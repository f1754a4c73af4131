package pages

import (
	"net/http"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/view"
)

var operatorSessionsEnded = success("operator-sessions", "Sessions ended.")

// OperatorSessionsPage ends sessions of an operator.
type OperatorSessionsPage struct {
	desk.OperatorDetail
	Live []Session
}

// Session is one signed-in browser.
type Session struct {
	// ID is what the form that ends it sends.
	ID string
	// Device is in words; see [letters.Device].
	Device, IP      string
	Since, LastSeen time.Time
}

func (OperatorSessionsPage) Template() string { return "operator_sessions" }

func (p OperatorSessionsPage) crumbs() []view.Crumb {
	return operatorCrumbs(p.OperatorDetail, "Sessions")
}

// getOperatorSessions lists the sessions of an operator.
func (c *call) getOperatorSessions() error {
	o, err := c.target()
	if err != nil {
		return err
	}
	live, err := c.Desk.OperatorSessions(c.ctx(), c.actor(), o.ID)
	if err != nil {
		return err
	}
	p := OperatorSessionsPage{OperatorDetail: o}
	for _, s := range live {
		p.Live = append(p.Live, Session{ID: s.ID, Device: letters.Device(s.UserAgent), IP: s.IP, Since: s.CreatedAt, LastSeen: s.SeenAt})
	}
	return c.show(http.StatusOK, p)
}

// postOperatorSessions ends one of them, or all.
func (c *call) postOperatorSessions() error {
	err := c.Desk.EndSessions(c.ctx(), c.actor(), c.visit, c.id(), c.form.Get("end"))
	return c.acted(err, c.said(operatorSessionsEnded), nil)
}
