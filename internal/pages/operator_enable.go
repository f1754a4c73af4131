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
	// Typed is the last day of the account as it is now or was typed; Passed reports that
	// the one that it has is over.
	Typed  string
	Passed bool
}

func (OperatorEnablePage) Template() string { return "operator_enable" }

func (p OperatorEnablePage) crumbs(in *messages.Language) []view.Crumb {
	return operatorCrumbs(in, p.OperatorDetail, in.Text("operators.act.enable"))
}

func (c *call) operatorEnablePage(o desk.OperatorDetail, f view.Form) view.Page {
	p := OperatorEnablePage{Form: f, OperatorDetail: o, Typed: desk.EndedOn(o.EndsAt), Passed: c.Desk.HasPassed(o.EndsAt)}
	switch {
	case f.Failed():
		p.Typed = c.form.Get("ends")
	case p.Passed:
		p.Typed = ""
	}
	return p
}

// getOperatorEnable asks whether to enable an operator.
func (c *call) getOperatorEnable() error {
	return c.ask(c.operatorEnablePage, func(may desk.OperatorRights) bool { return may.Enable })
}

// postOperatorEnable enables an operator.
func (c *call) postOperatorEnable() error {
	err := c.Desk.EnableWith(c.ctx(), c.actor(), c.visit, c.id(), desk.EndForm{Ends: c.form.Get("ends")})
	return c.acted(err, c.said(operatorEnabled), c.operatorEnablePage)
}
