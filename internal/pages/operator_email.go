package pages

import (
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var operatorEmailChanged = success("operator-email", "Email address changed. Both addresses are notified.")

// OperatorEmailPage changes an operator's e-mail address.
type OperatorEmailPage struct {
	view.Form
	Person
	// NewEmail is what was typed. Version is that of the operator the form was
	// made from.
	NewEmail, Version string
	// Sessions is how many end.
	Sessions int
}

func (OperatorEmailPage) Template() string { return "operator_email" }

func (p OperatorEmailPage) crumbs() []view.Crumb { return p.below("E-mail address") }

// getOperatorEmail asks for an operator's new e-mail address.
func (c *call) getOperatorEmail() error {
	return c.ask(func(o desk.Detail) view.Page {
		return OperatorEmailPage{Person: person(o.Operator), NewEmail: o.Email, Version: version(o.Version), Sessions: o.Sessions}
	})
}

// postOperatorEmail changes an operator's e-mail address.
func (c *call) postOperatorEmail() error {
	err := c.Desk.ChangeEmail(c.ctx(), c.actor(), c.visit, c.id(), c.version(), c.form.Get("email"))
	return c.acted(err, operatorEmailChanged, func(o desk.Detail, f view.Form) view.Page {
		return OperatorEmailPage{Form: f, Person: person(o.Operator), NewEmail: c.form.Get("email"), Version: c.form.Get("version"), Sessions: o.Sessions}
	})
}
