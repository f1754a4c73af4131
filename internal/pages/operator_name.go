package pages

import (
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

var operatorRenamed = success("operator-name")

// OperatorNamePage changes an operator's name.
type OperatorNamePage struct {
	view.Form
	desk.OperatorDetail
	// NewName is what was typed.
	NewName string
}

func (OperatorNamePage) Template() string { return "operator_name" }

func (p OperatorNamePage) crumbs(in *messages.Language) []view.Crumb {
	return operatorCrumbs(in, p.OperatorDetail, in.Text("common.name"))
}

func (c *call) operatorNamePage(o desk.OperatorDetail, f view.Form) view.Page {
	p := OperatorNamePage{Form: f, OperatorDetail: o, NewName: o.Name}
	if f.Failed() {
		p.NewName, p.Version = c.form.Get("name"), c.version()
	}
	return p
}

// getOperatorName asks for an operator's new name.
func (c *call) getOperatorName() error { return c.ask(c.operatorNamePage, nil) }

// postOperatorName renames an operator.
func (c *call) postOperatorName() error {
	err := c.Desk.RenameOperator(c.ctx(), c.actor(), c.visit, c.id(), c.version(), c.form.Get("name"))
	return c.acted(err, c.said(operatorRenamed), c.operatorNamePage)
}
