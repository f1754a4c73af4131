package pages

import (
	"github.com/postern-go/postern/internal/pages/samples"
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

func (OperatorNamePage) states() []samples.State {
	return []samples.State{
		{Name: "empty", Page: OperatorNamePage{Person: sampleGrace, NewName: sampleGrace.Name, Version: "7"}},
		{Name: "refused", Page: OperatorNamePage{
			Form:   view.Form{Errors: []view.FieldError{{Field: "name", Text: "Another operator has this name. Add something that tells the two apart."}}},
			Person: sampleGrace, NewName: samples.LongName, Version: "7",
		}},
	}
}

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

func (OperatorEmailPage) states() []samples.State {
	return []samples.State{
		{Name: "empty", Page: OperatorEmailPage{Person: sampleGrace, NewEmail: sampleGrace.Email, Version: "7", Sessions: 1}},
		{Name: "refused", Page: OperatorEmailPage{
			Form:   view.Form{Errors: []view.FieldError{{Field: "email", Text: "Somebody with this address has access, or is invited, already."}}},
			Person: Person{Name: samples.LongName, Email: samples.LongEmail, Path: "/operators/4"}, NewEmail: samples.Hostile, Version: "7",
		}},
	}
}

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

func samplePrimary(chosen string) []view.Option {
	options := []view.Option{
		{Value: "", Label: "Registered user (no access)"},
		{Value: "super-administrator", Label: "Super-administrator", Refusal: "Only a super-administrator can give this."},
		{Value: "administrator", Label: "Administrator"},
		{Value: "community-manager", Label: "Community manager"},
		{Value: "moderator", Label: "Moderator"},
	}
	for i := range options {
		options[i].Chosen = options[i].Value == chosen
	}
	return options
}

func sampleAdditional() []RoleChoice {
	return []RoleChoice{
		{ID: "press", Label: "Press", Text: "Publishes announcements and newsletters.", Chosen: true},
		{ID: "analytics", Label: "Analytics reader", Text: "Sees all figures, changes nothing."},
		{ID: "keeper", Label: "Key keeper", Text: "Resets two-factor authentication.", Refusal: "You can give only what you hold yourself, and this is more: “Reset two-factor authentication”."},
		{ID: "long", Label: samples.LongName, Text: samples.Hostile},
	}
}

func (OperatorRolesPage) states() []samples.State {
	return []samples.State{
		{Name: "filled", Page: OperatorRolesPage{Person: sampleGrace, Primary: samplePrimary("moderator"), Additional: sampleAdditional(), Version: "7"}},
		{Name: "bare", Page: OperatorRolesPage{Person: Person{Name: "Ada Lovelace", Path: "/operators/1"}, Primary: samplePrimary("administrator"), Self: true}},
		{Name: "refused", Page: OperatorRolesPage{
			Form: view.Form{Errors: []view.FieldError{
				{Field: "primary", Text: "Grace is the last active super-administrator. Make somebody else one first."},
				{Field: "role", Text: "“Key keeper” is more than you hold yourself."},
			}},
			Person: sampleGrace, Primary: samplePrimary(""), Additional: sampleAdditional(), Version: "7",
		}},
	}
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

func (OperatorRolesConfirmPage) states() []samples.State {
	return []samples.State{
		{Name: "both", Page: OperatorRolesConfirmPage{Person: sampleGrace, RoleChanges: RoleChanges{
			Before: "Moderator", After: "Administrator", Adds: []string{"Administrator", "Analytics reader"}, Removes: []string{"Moderator"},
			Gains: []string{"Invite and manage operators", "Read the audit", "See figures"}, Loses: []string{"Decide on reports"}, TwoFactor: true,
		}, Fields: []Hidden{{"primary", "administrator"}, {"role", "press"}, {"role", "analytics"}, {"version", "7"}}}},
		{Name: "none", Page: OperatorRolesConfirmPage{Person: sampleGrace, RoleChanges: RoleChanges{
			Before: "Moderator", After: "Registered user", Removes: []string{"Moderator", samples.LongName, samples.Hostile}, Loses: []string{"Decide on reports"}, NoAccess: true,
		}, Fields: []Hidden{{"primary", ""}, {"version", "7"}}}},
	}
}
