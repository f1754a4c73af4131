package pages

import (
	"github.com/postern-go/postern/internal/view"
)

// RolesPage lists the roles.
type RolesPage struct {
	Custom, BuiltIn []RoleRow
	// MayCreate shows the button.
	MayCreate bool
}

// RoleRow is one role of the list.
type RoleRow struct {
	Name, Text, Path string
	// Permissions and Holders are counted; All is every permission there is.
	Permissions, Holders int
	// Many says that more than Holders have it.
	Many bool
	All  bool
	// HoldersPath lists who has it; empty leaves the link out.
	HoldersPath string
	// TwoFactor says that holders must have two-factor authentication.
	TwoFactor bool
}

func (RolesPage) Template() string { return "roles" }

// RoleDeletePage asks before a role is deleted, and who gets what instead.
type RoleDeletePage struct {
	view.Form
	Name, Path string
	Held
	// To are the roles that holders may get in its place; the value "" is none.
	To      []view.Option
	Version string
}

// Holder is an operator who has a role.
type Holder struct {
	Name, Path string
	// Primary says that it is their primary role.
	Primary bool
}

// Held is who has a role: the first few by name, and how many More.
type Held struct {
	// Beyond says that one of them holds more than the reader.
	Beyond  bool
	Holders []Holder
	More    int
	// Many says that there are more than were counted.
	Many bool
}

func (RoleDeletePage) Template() string { return "role_delete" }

func (p RoleDeletePage) crumbs() []view.Crumb {
	return []view.Crumb{{Label: "Roles", Path: "/roles"}, {Label: p.Name, Path: p.Path}, {Label: "Delete"}}
}
