package pages

import (
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var operatorRenamed = success("operator-name", "Name changed.")

// OperatorNamePage changes what an operator is called.
type OperatorNamePage struct {
	view.Form
	Person
	// NewName is what was typed. Version is that of the operator the form was
	// made from.
	NewName, Version string
}

func (OperatorNamePage) Template() string { return "operator_name" }

func (p OperatorNamePage) crumbs() []view.Crumb { return p.below("Name") }

// getOperatorName asks for an operator's new name.
func (c *call) getOperatorName() error {
	return c.ask(func(o desk.Detail) view.Page {
		return OperatorNamePage{Person: person(o.Operator), NewName: o.Name, Version: version(o.Version)}
	})
}

// postOperatorName renames an operator.
func (c *call) postOperatorName() error {
	err := c.Desk.RenameOperator(c.ctx(), c.actor(), c.visit, c.id(), c.version(), c.form.Get("name"))
	return c.acted(err, operatorRenamed, func(o desk.Detail, f view.Form) view.Page {
		return OperatorNamePage{Form: f, Person: person(o.Operator), NewName: c.form.Get("name"), Version: c.form.Get("version")}
	})
}
