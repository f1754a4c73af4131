package pages

import (
	"github.com/postern-go/postern/internal/pages/samples"
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

func (RolesPage) states() []samples.State {
	builtIn := []RoleRow{
		{Name: "Super-administrator", Text: "Everything, including the address and the rules of the office.", Path: "/roles/super-administrator", Holders: 2, All: true, HoldersPath: "/operators?role=super-administrator", TwoFactor: true},
		{Name: "Administrator", Text: "People and all of the community’s own pages.", Path: "/roles/administrator", Permissions: 14, Holders: 5, HoldersPath: "/operators?role=administrator", TwoFactor: true},
		{Name: "Community manager", Text: "The pages that run the community.", Path: "/roles/community-manager", Permissions: 7, Holders: 1, HoldersPath: "/operators?role=community-manager"},
		{Name: "Moderator", Text: "The pages that keep the community in order.", Path: "/roles/moderator", Permissions: 3},
	}
	custom := []RoleRow{
		{Name: "Press", Text: "Publishes announcements and newsletters.", Path: "/roles/press", Permissions: 2, Holders: 4, HoldersPath: "/operators?role=press"},
		{Name: "Key keeper", Path: "/roles/keeper", Permissions: 1, TwoFactor: true, Holders: 50, Many: true},
		{Name: samples.LongName, Text: samples.Hostile, Path: samples.Hostile, Permissions: 0, Holders: 1, HoldersPath: samples.Hostile},
	}
	return []samples.State{
		{Name: "filled", Page: RolesPage{Custom: custom, BuiltIn: builtIn, MayCreate: true}},
		{Name: "first", Page: RolesPage{BuiltIn: builtIn, MayCreate: true}},
		{Name: "reader", Page: RolesPage{BuiltIn: builtIn}},
	}
}

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

func (RoleDeletePage) states() []samples.State {
	to := []view.Option{{Value: "", Label: "Nothing in its place", Chosen: true}, {Value: "moderator", Label: "Moderator"}, {Value: "administrator", Label: "Administrator", Refusal: "More than you hold yourself."}}
	return []samples.State{
		{Name: "unused", Page: RoleDeletePage{Name: "Press", Path: "/roles/press", Version: "2"}},
		{Name: "held", Page: RoleDeletePage{Name: "Press", Path: "/roles/press", Held: Held{Holders: []Holder{{"Grace Hopper", "/operators/3", false}, {samples.LongName, "/operators/4", true}}, More: 12}, To: to, Version: "2"}},
		{Name: "refused", Page: RoleDeletePage{
			Form: view.Form{Errors: []view.FieldError{{Field: "to", Text: "Grace would be left without access. Choose a role for them."}}},
			Name: "Press", Path: "/roles/press", Held: Held{Holders: []Holder{{"Grace Hopper", "/operators/3", true}}}, To: to, Version: "2",
		}},
	}
}
