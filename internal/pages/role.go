package pages

import (
	"github.com/postern-go/postern/internal/view"
)

// RolePage makes a role, or changes one.
type RolePage struct {
	view.Form
	// Path is where the form is posted: "/roles/new" or the role's page.
	Path string
	// New says that there is no such role yet.
	New bool
	// Title is the role's present name; Name and Text are what was typed.
	Title, Name, Text string
	TwoFactor         bool
	Groups            []PermissionGroup
	Held
	// HoldersPath lists all of them.
	HoldersPath string
	// Fixed says why nothing can be changed: built in, or more than the reader
	// holds. Empty when it can.
	Fixed   string
	Version string
	// MayDelete shows the button.
	MayDelete bool
}

// PermissionGroup is the permissions of one area.
type PermissionGroup struct {
	Title       string
	Permissions []PermissionTick
}

// Ticked counts the permissions that are chosen.
func (g PermissionGroup) Ticked() int {
	n := 0
	for _, p := range g.Permissions {
		if p.Chosen {
			n++
		}
	}
	return n
}

// manyPermissions is from how many permissions on a page needs help to find
// one.
const manyPermissions = 24

// Long says that there are so many permissions that people need help to find
// one.
func (p RolePage) Long() bool {
	n := 0
	for _, g := range p.Groups {
		n += len(g.Permissions)
	}
	return n >= manyPermissions
}

// PermissionTick is a permission to tick.
type PermissionTick struct {
	// Key is what is sent: "analytics.view".
	Key, Label, Text string
	Chosen           bool
	// Refusal says why it cannot be changed; empty when it can.
	Refusal string
}

func (RolePage) Template() string { return "role" }

func (p RolePage) crumbs() []view.Crumb {
	top := view.Crumb{Label: "Roles", Path: "/roles"}
	if p.New {
		return []view.Crumb{top, {Label: "New"}}
	}
	return []view.Crumb{top, {Label: p.Title}}
}

// RoleConfirmPage shows what a change of a role gives and takes.
type RoleConfirmPage struct {
	view.Form
	Title, Path string
	// NewName is set where the name changes.
	NewName string
	// Text says that the description changes, to NewText.
	Text    bool
	NewText string
	// Adds and Removes are labels of permissions.
	Adds, Removes []string
	// TwoFactor is "on" or "off" where the requirement changes.
	TwoFactor string
	// Holders counts whom it concerns; Many says that there are more.
	Holders int
	Many    bool
	Fields  []Hidden
}

func (RoleConfirmPage) Template() string { return "role_confirm" }

func (p RoleConfirmPage) crumbs() []view.Crumb {
	return []view.Crumb{{Label: "Roles", Path: "/roles"}, {Label: p.Title, Path: p.Path}, {Label: "Confirm"}}
}
