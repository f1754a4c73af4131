package pages

import (
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var operatorSessionsEnded = success("operator-sessions", "Sessions ended.")

// OperatorSessionsPage ends sessions of an operator.
type OperatorSessionsPage struct {
	view.Form
	Person
	Sessions []Session
}

// Session is one signed-in browser.
type Session struct {
	// ID is what the form that ends it sends.
	ID string
	// Device is in words; see [view.Device].
	Device, Address string
	Since, LastSeen time.Time
}

func (OperatorSessionsPage) Template() string { return "operator_sessions" }

func (p OperatorSessionsPage) crumbs() []view.Crumb { return p.below("Sessions") }

// getOperatorSessions lists the sessions of an operator.
func (c *call) getOperatorSessions() error {
	return c.ask(func(o desk.Detail) view.Page { return c.sessionsPage(o, view.Form{}) })
}

func (c *call) sessionsPage(o desk.Detail, f view.Form) view.Page {
	p := OperatorSessionsPage{Form: f, Person: person(o.Operator)}
	for _, s := range o.Live {
		p.Sessions = append(p.Sessions, Session{ID: s.ID, Device: view.Device(s.UserAgent), Address: s.IP, Since: s.CreatedAt, LastSeen: s.SeenAt})
	}
	return p
}

// postOperatorSessions ends one of them, or all.
func (c *call) postOperatorSessions() error {
	return c.acted(c.Desk.EndSessions(c.ctx(), c.actor(), c.visit, c.id(), c.form.Get("end")), operatorSessionsEnded, c.sessionsPage)
}
