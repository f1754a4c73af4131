package pages

import (
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var (
	operatorUnlocked = success("unlocked", "Account unlocked.")
	operatorDisabled = success("disabled", "Account disabled and signed out everywhere.")
)

// OperatorDisablePage asks before an operator is kept out.
type OperatorDisablePage struct {
	view.Form
	Person
	Reason string
	// Sessions are ended with it.
	Sessions int
}

func (OperatorDisablePage) Template() string { return "operator_disable" }

func (p OperatorDisablePage) crumbs() []view.Crumb { return p.below("Disable") }

func (c *call) disablePage(o desk.Detail, f view.Form) view.Page {
	return OperatorDisablePage{Form: f, Person: person(o.Operator), Reason: c.form.Get("reason"), Sessions: o.Sessions}
}

// getOperatorDisable asks whether to disable an account.
func (c *call) getOperatorDisable() error {
	return c.offer(func(may OperatorRights) bool { return may.Disable }, func(o desk.Detail) view.Page { return c.disablePage(o, view.Form{}) })
}

// postOperatorDisable disables an account.
func (c *call) postOperatorDisable() error {
	err := c.Desk.Disable(c.ctx(), c.actor(), c.visit, c.id(), c.form.Get("reason"))
	return c.acted(err, operatorDisabled, c.disablePage)
}

// postOperatorUnlock unlocks an account.
func (c *call) postOperatorUnlock() error {
	return c.acted(c.Desk.Unlock(c.ctx(), c.actor(), c.visit, c.id()), operatorUnlocked, nil)
}
