package pages

import (
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

var operatorEmailChanged = mailed("operator-email")

// OperatorEmailPage changes an operator's email address.
type OperatorEmailPage struct {
	view.Form
	desk.OperatorDetail
	// NewEmail is what was typed.
	NewEmail string
}

func (OperatorEmailPage) Template() string { return "operator_email" }

func (p OperatorEmailPage) crumbs(in *messages.Language) []view.Crumb {
	return operatorCrumbs(in, p.OperatorDetail, in.Text("common.email"))
}

func (c *call) operatorEmailPage(o desk.OperatorDetail, f view.Form) view.Page {
	p := OperatorEmailPage{Form: f, OperatorDetail: o, NewEmail: o.Email}
	if f.Failed() {
		p.NewEmail, p.Version = c.form.Get("email"), c.version()
	}
	return p
}

// getOperatorEmail asks for an operator's new email address.
func (c *call) getOperatorEmail() error { return c.ask(c.operatorEmailPage, nil) }

// postOperatorEmail changes an operator's email address.
func (c *call) postOperatorEmail() error {
	err := c.Desk.ChangeEmail(c.ctx(), c.actor(), c.visit, c.id(), c.version(), c.form.Get("email"))
	return c.acted(err, c.said(operatorEmailChanged), c.operatorEmailPage)
}
