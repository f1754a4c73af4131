package pages

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// OperatorNewPage invites an operator.
type OperatorNewPage struct {
	view.Form
	// Email and Name are what was typed.
	Email, Name string
	Roles       []RoleChoice
	// Life is how long the invitation works.
	Life time.Duration
}

// RoleChoice is a role to tick.
type RoleChoice struct {
	ID, Label string
	// Text is one line on what the role may do.
	Text   string
	Chosen bool
	// Refusal says why it cannot be changed; empty when it can.
	Refusal string
}

func (OperatorNewPage) Template() string { return "operator_new" }

func (OperatorNewPage) crumbs() []view.Crumb {
	return []view.Crumb{{Label: "Operators", Path: "/operators"}, {Label: "Invite"}}
}

// getOperatorNew asks whom to invite.
func (c *call) getOperatorNew() error {
	return c.showOperatorNew(http.StatusOK, OperatorNewPage{}, nil)
}

func (c *call) showOperatorNew(status int, p OperatorNewPage, chosen []string) error {
	var err error
	if p.Roles, err = c.roleChoices(chosen); err != nil {
		return err
	}
	p.Life = c.state.Settings.InviteLife
	return c.show(status, p)
}

const beyond = "You can give only what you hold yourself, and this is more."

// roleChoices are all roles to tick, and why some cannot be.
func (c *call) roleChoices(chosen []string) ([]RoleChoice, error) {
	all, err := c.Desk.AllRoles(c.ctx())
	if err != nil {
		return nil, err
	}
	actor := c.actor()
	var choices []RoleChoice
	for _, r := range all {
		choice := RoleChoice{ID: r.ID, Label: r.Name, Text: r.Description, Chosen: slices.Contains(chosen, r.ID)}
		if !actor.CanGrant(r) {
			choice.Refusal = beyond
		}
		choices = append(choices, choice)
	}
	return choices, nil
}

// postOperatorNew invites somebody.
func (c *call) postOperatorNew() error {
	f := desk.InviteForm{Email: c.form.Get("email"), Name: c.form.Get("name"), Roles: c.form["role"]}
	o, _, err := c.Desk.Invite(c.ctx(), c.actor(), c.visit, f)
	if bad := (*desk.InvalidError)(nil); errors.As(err, &bad) {
		return c.showOperatorNew(http.StatusUnprocessableEntity, OperatorNewPage{Form: Problems(bad), Email: f.Email, Name: f.Name}, f.Roles)
	}
	if err != nil {
		return err
	}
	return c.redirect(operatorInvited.at(operatorPath(o.ID)))
}
