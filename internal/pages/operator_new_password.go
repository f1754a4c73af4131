package pages

import (
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

var newPasswordRequired = mailed("new-password")

// OperatorNewPasswordPage asks before an operator's password is marked as
// compromised.
type OperatorNewPasswordPage struct {
	view.Form
	desk.OperatorDetail
}

func (OperatorNewPasswordPage) Template() string { return "operator_new_password" }

func (p OperatorNewPasswordPage) crumbs(in *messages.Language) []view.Crumb {
	return operatorCrumbs(in, p.OperatorDetail, in.Text("operators.act.new_password"))
}

func operatorNewPasswordPage(o desk.OperatorDetail, f view.Form) view.Page {
	return OperatorNewPasswordPage{f, o}
}

// getOperatorNewPassword asks whether to require a new password.
func (c *call) getOperatorNewPassword() error {
	return c.ask(operatorNewPasswordPage, func(may desk.OperatorRights) bool { return may.NewPassword })
}

// postOperatorNewPassword marks an operator's password as compromised.
func (c *call) postOperatorNewPassword() error {
	err := c.Desk.RequireNewPassword(c.ctx(), c.actor(), c.visit, c.id(), c.form.Get("reason"))
	return c.acted(err, c.said(newPasswordRequired), operatorNewPasswordPage)
}
