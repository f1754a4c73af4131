package pages

import (
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

var operatorDeleted = success("deleted")

// OperatorDeletePage asks before an operator is deleted.
type OperatorDeletePage struct {
	view.Form
	desk.OperatorDetail
	// Reason is what was typed.
	Reason string
	// AuditKeep is how long their audit entries are kept; zero means forever.
	AuditKeep time.Duration
}

func (OperatorDeletePage) Template() string { return "operator_delete" }

func (p OperatorDeletePage) crumbs(in *messages.Language) []view.Crumb {
	return operatorCrumbs(in, p.OperatorDetail, in.Text("operators.act.delete"))
}

func (c *call) operatorDeletePage(o desk.OperatorDetail, f view.Form) view.Page {
	return OperatorDeletePage{Form: f, OperatorDetail: o, Reason: c.form.Get("reason"), AuditKeep: c.state.Settings.AuditKeep}
}

// getOperatorDelete asks whether to delete an operator.
func (c *call) getOperatorDelete() error {
	return c.ask(c.operatorDeletePage, func(may desk.OperatorRights) bool { return may.Delete })
}

// postOperatorDelete deletes an operator.
func (c *call) postOperatorDelete() error {
	err := c.Desk.Delete(c.ctx(), c.actor(), c.visit, c.id(), c.form.Get("reason"))
	return c.acted(err, operatorDeleted.at("/operators"), c.operatorDeletePage)
}
