package pages

import (
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

var operatorSessionsEnded = success("operator-sessions")

// OperatorSessionsPage ends sessions of an operator.
type OperatorSessionsPage struct {
	desk.OperatorDetail
	Live []desk.Session
}

func (OperatorSessionsPage) Template() string { return "operator_sessions" }

func (p OperatorSessionsPage) crumbs(in *messages.Language) []view.Crumb {
	return operatorCrumbs(in, p.OperatorDetail, in.Text("operators.sessions"))
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
	return c.show(http.StatusOK, OperatorSessionsPage{o, live})
}

// postOperatorSessions ends one of them, or all.
func (c *call) postOperatorSessions() error {
	err := c.Desk.EndSessions(c.ctx(), c.actor(), c.visit, c.id(), c.form.Get("end"))
	return c.acted(err, c.said(operatorSessionsEnded), nil)
}
