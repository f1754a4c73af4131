package pages

import (
	"github.com/postern-go/postern/internal/view"
)

// OperatorNamePage changes what an operator is called.
type OperatorNamePage struct {
	view.Form
	Person
	// NewName is what was typed. Version is that of the operator the form was
	// made from.
	NewName, Version string
}

func (OperatorNamePage) Template() string       { return "operator_name" }
func (p OperatorNamePage) crumbs() []view.Crumb { return p.below("Name") }

// OperatorEmailPage changes an operator's e-mail address.
type OperatorEmailPage struct {
	view.Form
	Person
	// NewEmail is what was typed. Version is that of the operator the form was
	// made from.
	NewEmail, Version string
	// Sessions is how many end.
	Sessions int
}

func (OperatorEmailPage) Template() string       { return "operator_email" }
func (p OperatorEmailPage) crumbs() []view.Crumb { return p.below("E-mail address") }

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

func (OperatorRolesPage) Template() string       { return "operator_roles" }
func (p OperatorRolesPage) crumbs() []view.Crumb { return p.below("Roles") }

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
