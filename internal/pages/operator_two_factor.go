package pages

import (
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var twoFactorReset = success("two-factor-reset", "Two-factor authentication reset. They are notified by email.")

// OperatorTwoFactorPage asks before an operator's authenticators are removed.
type OperatorTwoFactorPage struct {
	view.Form
	Person
	// Reason is what was typed.
	Reason string
	// Required says that the next sign-in asks to add a new one.
	Required bool
}

func (OperatorTwoFactorPage) Template() string { return "operator_two_factor" }

func (p OperatorTwoFactorPage) crumbs() []view.Crumb { return p.below("Reset two-factor") }

func (c *call) twoFactorPage(o desk.Detail, f view.Form) view.Page {
	return OperatorTwoFactorPage{Form: f, Person: person(o.Operator), Reason: c.form.Get("reason"), Required: o.MustHaveTwoFactor}
}

// getOperatorTwoFactor asks why to reset two-factor authentication.
func (c *call) getOperatorTwoFactor() error {
	return c.ask(func(o desk.Detail) view.Page { return c.twoFactorPage(o, view.Form{}) })
}

// postOperatorTwoFactor resets an operator's two-factor authentication.
func (c *call) postOperatorTwoFactor() error {
	err := c.Desk.ResetTwoFactor(c.ctx(), c.actor(), c.visit, c.id(), c.form.Get("reason"))
	return c.acted(err, twoFactorReset, c.twoFactorPage)
}
