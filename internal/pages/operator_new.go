package pages

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

// OperatorNewPage invites an operator.
type OperatorNewPage struct {
	view.Form
	// Typed is what was typed.
	Typed desk.InviteForm
	RoleTicks
	// Languages are those of the email to choose from; none if the office has one.
	Languages []view.Option
	// Life is how long the invitation works.
	Life time.Duration
}

func (OperatorNewPage) Template() string { return "operator_new" }

func (OperatorNewPage) crumbs(in *messages.Language) []view.Crumb {
	return []view.Crumb{{Label: in.Text("common.operators"), Path: "/operators"}, {Label: in.Text("operators.new")}}
}

// getOperatorNew asks whom to invite.
func (c *call) getOperatorNew() error {
	return c.showOperatorNew(http.StatusOK, view.Form{}, desk.InviteForm{})
}

func (c *call) showOperatorNew(status int, form view.Form, f desk.InviteForm) error {
	roles, err := c.roleTicks(f.Roles)
	if err != nil {
		return err
	}
	return c.show(status, OperatorNewPage{Form: form, Typed: f, RoleTicks: roles, Life: c.state.Settings.InviteLife, Languages: c.invitedIn(f.Language)})
}

// invitedIn are the languages of an invitation: that of the office unless another was chosen.
func (c *call) invitedIn(chosen string) []view.Option {
	return c.languageOptions(cmp.Or(chosen, c.Desk.Language()))
}

// postOperatorNew invites an operator.
func (c *call) postOperatorNew() error {
	f := desk.InviteForm{Email: c.form.Get("email"), Name: c.form.Get("name"), Roles: c.form["role"], Language: c.form.Get("language"), Ends: c.form.Get("ends")}
	o, _, err := c.Desk.Invite(c.ctx(), c.actor(), c.visit, f)
	if form, ok := c.refusal(err); ok {
		return c.showOperatorNew(http.StatusUnprocessableEntity, form, f)
	}
	if err != nil {
		return err
	}
	return c.redirect(operatorInvited.at(operatorPath(o.ID)))
}

// RoleTicks are the roles that the operator may give, to tick. One who may act on
// someone may give all that they have.
type RoleTicks struct {
	Ticks []RoleChoice
	// Fewer reports that there are others.
	Fewer bool
}

// RoleChoice is a role to tick.
type RoleChoice struct {
	desk.Role
	Chosen bool
}

func (c *call) roleTicks(chosen []string) (t RoleTicks, err error) {
	all, err := c.Desk.AllRoles(c.ctx())
	for _, r := range all {
		if !c.actor().CanGrant(r) {
			t.Fewer = true
			continue
		}
		t.Ticks = append(t.Ticks, RoleChoice{Role: r, Chosen: slices.Contains(chosen, r.ID)})
	}
	return t, err
}
