package pages

import (
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var operatorSessionsEnded = success("operator-sessions", "Sessions ended.")

// OperatorSessionsPage ends sessions of an operator.
type OperatorSessionsPage struct{ desk.OperatorDetail }

func (OperatorSessionsPage) Template() string { return "operator_sessions" }

func (p OperatorSessionsPage) crumbs() []view.Crumb {
	return operatorCrumbs(p.OperatorDetail, "Sessions")
}

// getOperatorSessions lists the sessions of an operator.
func (c *call) getOperatorSessions() error {
	return c.ask(func(o desk.OperatorDetail, _ view.Form) view.Page { return OperatorSessionsPage{o} }, nil)
}

// postOperatorSessions ends one of them, or all.
func (c *call) postOperatorSessions() error {
	err := c.Desk.EndSessions(c.ctx(), c.actor(), c.visit, c.id(), c.form.Get("end"))
	return c.acted(err, c.said(operatorSessionsEnded), nil)
}
