package pages

import (
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

var operatorEnabled = success("enabled")

// OperatorEnablePage asks before a disabled operator is enabled.
type OperatorEnablePage struct {
	view.Form
	desk.OperatorDetail
}

func (OperatorEnablePage) Template() string { return "operator_enable" }

func (p OperatorEnablePage) crumbs(in *messages.Language) []view.Crumb {
	return operatorCrumbs(in, p.OperatorDetail, in.Text("operators.act.enable"))
}

func operatorEnablePage(o desk.OperatorDetail, f view.Form) view.Page {
	return OperatorEnablePage{f, o}
}

// getOperatorEnable asks whether to enable an operator.
func (c *call) getOperatorEnable() error {
	return c.ask(operatorEnablePage, func(may desk.OperatorRights) bool { return may.Enable })
}

// postOperatorEnable enables an operator.
func (c *call) postOperatorEnable() error {
	return c.acted(c.Desk.Enable(c.ctx(), c.actor(), c.visit, c.id()), c.said(operatorEnabled), operatorEnablePage)
}
