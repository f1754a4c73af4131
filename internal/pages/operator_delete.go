package pages

import (
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var operatorDeleted = success("deleted", "Operator deleted.")

// OperatorDeletePage asks before an operator is deleted.
type OperatorDeletePage struct {
	view.Form
	Person
	Reason string
	// Member is the linked member, who stays one; or empty.
	Member string
	// AuditKeep is for how long their audit entries are kept; zero is for ever.
	AuditKeep time.Duration
	// MayDisable leads to the page that only disables them.
	MayDisable bool
}

func (OperatorDeletePage) Template() string { return "operator_delete" }

func (p OperatorDeletePage) crumbs() []view.Crumb { return p.below("Delete") }

func (c *call) deletePage(o desk.Detail, f view.Form) view.Page {
	return OperatorDeletePage{Form: f, Person: person(o.Operator), Reason: c.form.Get("reason"), Member: o.MemberID, MayDisable: c.operatorRights(o).Disable,
		AuditKeep: c.state.Settings.AuditKeep}
}

// getOperatorDelete asks whether to delete an operator.
func (c *call) getOperatorDelete() error {
	return c.offer(func(may OperatorRights) bool { return may.Delete }, func(o desk.Detail) view.Page { return c.deletePage(o, view.Form{}) })
}

// postOperatorDelete deletes an operator.
func (c *call) postOperatorDelete() error {
	if err := c.Desk.Delete(c.ctx(), c.actor(), c.visit, c.id(), c.form.Get("reason")); err != nil {
		return c.acted(err, notice{}, c.deletePage)
	}
	return c.redirect(operatorDeleted.at("/operators"))
}
