package pages

import (
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var operatorEnabled = success("enabled", "Account enabled.")

// OperatorEnablePage asks before an operator is let in again.
type OperatorEnablePage struct {
	view.Form
	Person
	// Roles are the labels of what they then have.
	Roles []string
}

func (OperatorEnablePage) Template() string { return "operator_enable" }

func (p OperatorEnablePage) crumbs() []view.Crumb { return p.below("Enable") }

func enablePage(o desk.Detail, f view.Form) view.Page {
	p := OperatorEnablePage{Form: f, Person: person(o.Operator)}
	for _, r := range o.Roles {
		p.Roles = append(p.Roles, r.Name)
	}
	return p
}

// getOperatorEnable asks whether to enable an account.
func (c *call) getOperatorEnable() error {
	return c.offer(func(may OperatorRights) bool { return may.Enable }, func(o desk.Detail) view.Page { return enablePage(o, view.Form{}) })
}

// postOperatorEnable enables an account.
func (c *call) postOperatorEnable() error {
	return c.acted(c.Desk.Enable(c.ctx(), c.actor(), c.visit, c.id()), operatorEnabled, enablePage)
}
