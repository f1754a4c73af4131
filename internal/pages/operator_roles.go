package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var rolesChanged = success("roles", "Roles changed. They take effect on the next request.")

// OperatorRolesPage changes what an operator may do.
type OperatorRolesPage struct {
	view.Form
	Person
	// Primary are the roles that can be the primary one; "Registered user", the
	// value "", is among them. Additional are those to add.
	Primary    []view.Option
	Additional []RoleChoice
	// Version is that of the operator the form was made from.
	Version string
	// Self says that the reader changes their own roles.
	Self bool
}

func (OperatorRolesPage) Template() string { return "operator_roles" }

func (p OperatorRolesPage) crumbs() []view.Crumb { return p.below("Roles") }

// getOperatorRoles asks for an operator's roles.
func (c *call) getOperatorRoles() error {
	o, err := c.subject()
	if err != nil {
		return err
	}
	if !o.Within {
		return desk.ErrForbidden
	}
	return c.showOperatorRoles(http.StatusOK, o, view.Form{}, desk.RolesForm{Version: o.Version, Primary: o.PrimaryRole, Roles: o.Operator.Roles})
}

func (c *call) showOperatorRoles(status int, o desk.Detail, f view.Form, chosen desk.RolesForm) error {
	p := OperatorRolesPage{Form: f, Person: person(o.Operator), Version: version(chosen.Version), Self: o.ID == c.identity.Operator.ID}
	var err error
	if p.Primary, p.Additional, err = c.rolesToChoose(chosen); err != nil {
		return err
	}
	return c.show(status, p)
}

// rolesToChoose are the controls of a form about somebody's roles.
func (c *call) rolesToChoose(chosen desk.RolesForm) ([]view.Option, []RoleChoice, error) {
	additional, err := c.roleChoices(chosen.Roles)
	if err != nil {
		return nil, nil, err
	}
	primary := []view.Option{{Value: "", Label: "Registered user (no access)", Chosen: chosen.Primary == ""}}
	for _, r := range additional {
		primary = append(primary, view.Option{Value: r.ID, Label: r.Label, Chosen: r.ID == chosen.Primary, Refusal: r.Refusal})
	}
	return primary, additional, nil
}

func (c *call) rolesForm() desk.RolesForm {
	return desk.RolesForm{Version: c.version(), Primary: c.form.Get("primary"), Roles: c.form["role"]}
}

// postOperatorRoles changes an operator's roles, after showing the difference.
func (c *call) postOperatorRoles() error {
	ctx, f := c.ctx(), c.rolesForm()
	again := func(o desk.Detail, form view.Form) error {
		return c.showOperatorRoles(http.StatusUnprocessableEntity, o, form, f)
	}
	if c.confirmed() {
		err := c.Desk.ChangeRoles(ctx, c.actor(), c.visit, c.id(), f)
		return c.rolesRefused(err, rolesChanged.at(operatorPath(c.id())), again)
	}
	change, err := c.Desk.PreviewRoles(ctx, c.actor(), c.id(), f)
	if err != nil {
		return c.rolesRefused(err, "", again)
	}
	o, err := c.subject()
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, OperatorRolesConfirmPage{Person: person(o.Operator), RoleChanges: roleChanges(change), Fields: c.again()})
}

// OperatorRolesConfirmPage shows what a change of roles gives and takes.
type OperatorRolesConfirmPage struct {
	view.Form
	Person
	RoleChanges
	// Fields are sent again.
	Fields []Hidden
}

// RoleChanges is a difference of somebody's roles.
type RoleChanges struct {
	// Before and After are the labels of the primary role where it changes.
	Before, After string
	// Adds and Removes are labels of roles; Gains and Loses those of the
	// permissions that follow.
	Adds, Removes, Gains, Loses []string
	// TwoFactor says that two-factor authentication becomes a must.
	TwoFactor bool
	// NoAccess says that nothing is left.
	NoAccess bool
}

func (OperatorRolesConfirmPage) Template() string { return "operator_roles_confirm" }

func (p OperatorRolesConfirmPage) crumbs() []view.Crumb { return p.below("Roles") }

func roleChanges(r desk.RoleChange) RoleChanges {
	return RoleChanges{
		Before: r.PrimaryBefore, After: r.PrimaryAfter, Adds: r.Added, Removes: r.Removed, Gains: r.Gains, Loses: r.Loses,
		TwoFactor: r.TwoFactor, NoAccess: r.NoAccess,
	}
}

// rolesRefused shows a form about roles again, or goes on.
func (c *call) rolesRefused(err error, to string, again func(desk.Detail, view.Form) error) error {
	bad := (*desk.InvalidError)(nil)
	var f view.Form
	switch {
	case errors.As(err, &bad):
		f = Problems(bad)
	case errors.Is(err, desk.ErrLastSuperAdministrator):
		f = view.Form{}.Refuse("", "This is the last active super-administrator. Make somebody else one first.")
	case err != nil:
		return err
	default:
		return c.redirect(to)
	}
	o, err := c.subject()
	if err != nil {
		return err
	}
	return again(o, f)
}
