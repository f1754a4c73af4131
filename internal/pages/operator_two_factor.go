package pages

import (
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

var twoFactorReset = mailed("two-factor-reset")

// OperatorTwoFactorPage asks before an operator's authenticator apps are removed.
type OperatorTwoFactorPage struct {
	view.Form
	desk.OperatorDetail
}

func (OperatorTwoFactorPage) Template() string { return "operator_two_factor" }

func (p OperatorTwoFactorPage) crumbs(in *messages.Language) []view.Crumb {
	return operatorCrumbs(in, p.OperatorDetail, in.Text("operators.two_factor_reset"))
}

func operatorTwoFactorPage(o desk.OperatorDetail, f view.Form) view.Page {
	return OperatorTwoFactorPage{f, o}
}

// getOperatorTwoFactor asks why to reset two-factor authentication.
func (c *call) getOperatorTwoFactor() error { return c.ask(operatorTwoFactorPage, nil) }

// postOperatorTwoFactor resets an operator's two-factor authentication.
func (c *call) postOperatorTwoFactor() error {
	err := c.Desk.ResetTwoFactor(c.ctx(), c.actor(), c.visit, c.id(), c.form.Get("reason"))
	return c.acted(err, c.said(twoFactorReset), operatorTwoFactorPage)
}
