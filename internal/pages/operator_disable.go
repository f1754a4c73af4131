package pages

import (
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

var (
	operatorUnlocked = success("unlocked")
	operatorDisabled = success("disabled")
)

// OperatorDisablePage asks before an operator is disabled.
type OperatorDisablePage struct {
	view.Form
	desk.OperatorDetail
	// Reason is what was typed.
	Reason string
}

func (OperatorDisablePage) Template() string { return "operator_disable" }

func (p OperatorDisablePage) crumbs(in *messages.Language) []view.Crumb {
	return operatorCrumbs(in, p.OperatorDetail, in.Text("operators.act.disable"))
}

func (c *call) operatorDisablePage(o desk.OperatorDetail, f view.Form) view.Page {
	return OperatorDisablePage{Form: f, OperatorDetail: o, Reason: c.form.Get("reason")}
}

// getOperatorDisable asks whether to disable an operator.
func (c *call) getOperatorDisable() error {
	return c.ask(c.operatorDisablePage, func(may desk.OperatorRights) bool { return may.Disable })
}

// postOperatorDisable disables an operator.
func (c *call) postOperatorDisable() error {
	err := c.Desk.Disable(c.ctx(), c.actor(), c.visit, c.id(), c.form.Get("reason"))
	return c.acted(err, c.said(operatorDisabled), c.operatorDisablePage)
}

// postOperatorUnlock unlocks an operator.
func (c *call) postOperatorUnlock() error {
	return c.acted(c.Desk.Unlock(c.ctx(), c.actor(), c.visit, c.id()), c.said(operatorUnlocked), nil)
}
