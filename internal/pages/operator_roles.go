package pages

import (
	"net/http"
	"slices"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

var rolesChanged = success("roles")

// OperatorRolesPage changes an operator's roles.
type OperatorRolesPage struct {
	view.Form
	desk.OperatorDetail
	RolesInput
	// Self reports whether the reader changes their own roles.
	Self bool
}

// RolesInput is the controls of a form about an operator's roles.
type RolesInput struct {
	RoleTicks
	// FormVersion is the operator's version when the form was first shown.
	FormVersion int64
}

func (OperatorRolesPage) Template() string { return "operator_roles" }

func (p OperatorRolesPage) crumbs(in *messages.Language) []view.Crumb {
	return operatorCrumbs(in, p.OperatorDetail, in.Text("common.roles"))
}

// getOperatorRoles asks for an operator's roles.
func (c *call) getOperatorRoles() error {
	o, err := c.target()
	if err != nil {
		return err
	}
	return c.showOperatorRoles(http.StatusOK, o, view.Form{}, o.RolesForm())
}

func (c *call) showOperatorRoles(status int, o desk.OperatorDetail, form view.Form, f desk.RolesForm) error {
	input, err := c.rolesInput(f)
	if err != nil {
		return err
	}
	return c.show(status, OperatorRolesPage{form, o, input, o.ID == c.identity.Operator.ID})
}

func (c *call) rolesInput(f desk.RolesForm) (RolesInput, error) {
	roles, err := c.roleTicks(f.IDs())
	return RolesInput{roles, f.Version}, err
}

// rolesForm reads the roles that were ticked. Which one is primary is asked when the
// difference is shown. Until then, the present one stays; if it goes, the first takes its
// place.
func (c *call) rolesForm(primary string) desk.RolesForm {
	f := desk.RolesForm{Version: c.version(), Primary: c.form.Get("primary"), Roles: c.form["role"]}
	switch {
	case f.Primary != "" || len(f.Roles) == 0:
	case slices.Contains(f.Roles, primary):
		f.Primary = primary
	default:
		f.Primary = f.Roles[0]
	}
	return f
}

// RolesConfirm is what a form that shows a difference sends again.
type RolesConfirm struct {
	Fields []Hidden
	// Primaries are the roles of which one is to be the primary; empty if there is no
	// choice.
	Primaries []view.Option
}

// rolesAgain is what the form sends again that shows the difference.
func (c *call) rolesAgain(f desk.RolesForm) (RolesConfirm, error) {
	all, err := c.Desk.AllRoles(c.ctx())
	if err != nil {
		return RolesConfirm{}, err
	}
	again := RolesConfirm{}
	for _, field := range c.again() {
		if field.Name != "role" && field.Name != "primary" {
			again.Fields = append(again.Fields, field)
		}
	}
	for _, r := range all {
		if slices.Contains(f.IDs(), r.ID) {
			again.Fields = append(again.Fields, Hidden{"role", r.ID})
			again.Primaries = append(again.Primaries, view.Option{Value: r.ID, Label: c.say(r.Title()), Chosen: r.ID == f.Primary})
		}
	}
	if len(again.Primaries) == 1 {
		again.Primaries = nil
	}
	return again, nil
}

// OperatorRolesConfirmPage shows what a change of roles gives and takes.
type OperatorRolesConfirmPage struct {
	desk.OperatorDetail
	desk.RoleChange
	RolesConfirm
}

func (OperatorRolesConfirmPage) Template() string { return "operator_roles_confirm" }

func (p OperatorRolesConfirmPage) crumbs(in *messages.Language) []view.Crumb {
	return operatorCrumbs(in, p.OperatorDetail, in.Text("common.roles"))
}

// postOperatorRoles changes an operator's roles, after showing the difference.
func (c *call) postOperatorRoles() error {
	o, err := c.subject()
	if err != nil {
		return err
	}
	f := c.rolesForm(o.PrimaryRole)
	var change desk.RoleChange
	if c.confirmed() {
		err = c.Desk.ChangeRoles(c.ctx(), c.actor(), c.visit, o.ID, f)
	} else {
		change, err = c.Desk.PreviewRoles(c.ctx(), c.actor(), o.ID, f)
	}
	if form, ok := c.refusal(err); ok {
		return c.showOperatorRoles(http.StatusUnprocessableEntity, o, form, f)
	}
	switch {
	case err != nil:
		return err
	case c.confirmed():
		return c.redirect(c.said(rolesChanged))
	}
	again, err := c.rolesAgain(f)
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, OperatorRolesConfirmPage{o, change, again})
}
