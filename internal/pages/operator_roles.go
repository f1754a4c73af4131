package pages

import (
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var rolesChanged = success("roles", "Roles changed. They take effect on the next request.")

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
	// Primary is the choice of a primary role; the value "" is "Registered user".
	Primary    []view.Option
	Additional []RoleChoice
	// FormVersion is the operator's version when the form was first shown.
	FormVersion int64
}

func (OperatorRolesPage) Template() string { return "operator_roles" }

func (p OperatorRolesPage) crumbs() []view.Crumb { return operatorCrumbs(p.OperatorDetail, "Roles") }

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
	additional, err := c.roleChoices(f.Roles)
	if err != nil {
		return RolesInput{}, err
	}
	primary := []view.Option{{Value: "", Label: desk.RegisteredUser, Chosen: f.Primary == ""}}
	for _, r := range additional {
		primary = append(primary, view.Option{Value: r.ID, Label: r.Name, Chosen: r.ID == f.Primary, Refusal: r.Refusal})
	}
	return RolesInput{primary, additional, f.Version}, nil
}

func (c *call) rolesForm() desk.RolesForm {
	return desk.RolesForm{Version: c.version(), Primary: c.form.Get("primary"), Roles: c.form["role"]}
}

// OperatorRolesConfirmPage shows what a change of roles gives and takes.
type OperatorRolesConfirmPage struct {
	desk.OperatorDetail
	desk.RoleChange
	// Fields are sent again.
	Fields []Hidden
}

func (OperatorRolesConfirmPage) Template() string { return "operator_roles_confirm" }

func (p OperatorRolesConfirmPage) crumbs() []view.Crumb {
	return operatorCrumbs(p.OperatorDetail, "Roles")
}

// postOperatorRoles changes an operator's roles, after showing the difference.
func (c *call) postOperatorRoles() error {
	o, err := c.subject()
	if err != nil {
		return err
	}
	f := c.rolesForm()
	var change desk.RoleChange
	if c.confirmed() {
		err = c.Desk.ChangeRoles(c.ctx(), c.actor(), c.visit, o.ID, f)
	} else {
		change, err = c.Desk.PreviewRoles(c.ctx(), c.actor(), o.ID, f)
	}
	if form, ok := refusal(err); ok {
		return c.showOperatorRoles(http.StatusUnprocessableEntity, o, form, f)
	}
	switch {
	case err != nil:
		return err
	case c.confirmed():
		return c.redirect(c.said(rolesChanged))
	}
	return c.show(http.StatusOK, OperatorRolesConfirmPage{o, change, c.again()})
}
