package pages

import (
	"strings"

	"github.com/postern-go/postern/internal/pages/samples"
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

func sampleGroups() []PermissionGroup {
	return []PermissionGroup{
		{"People", []PermissionTick{
			{Key: "operators.view", Label: "See operators", Text: "See who has access and with which roles.", Chosen: true},
			{Key: "operators.manage", Label: "Invite and manage operators", Text: "Invite people and change what they may do, up to one’s own rights."},
			{Key: "operators.reset_two_factor", Label: "Reset two-factor authentication", Text: "Remove the authenticators of somebody who lost their phone.", Refusal: "You do not hold this yourself."},
		}},
		{"Community", []PermissionTick{
			{Key: "analytics.view", Label: "See figures", Text: "Visits, posts and answers.", Chosen: true},
			{Key: "posts.moderate", Label: "Decide on reports", Text: "Hide posts, warn members.", Chosen: true},
			{Key: "campaigns.send", Label: samples.LongName, Text: samples.Hostile},
		}},
		{"Settings", []PermissionTick{
			{Key: "parameters.manage", Label: "Change parameters", Text: "Change the office’s address and its rules.", Chosen: true, Refusal: "Only a super-administrator can take this away."},
		}},
	}
}

// sampleManyGroups is what a large host declares.
func sampleManyGroups() []PermissionGroup {
	groups := sampleGroups()
	acts := []string{"See", "Write", "Change", "Move", "Hide", "Delete", "Export", "Import", "Approve", "Assign"}
	for _, subject := range []string{"Articles", "Badges", "Campaigns", "Categories", "Events", "Files", "Forms", "Ideas", "Integrations", "Questions", "Surveys", "Translations"} {
		group := PermissionGroup{Title: subject}
		for i, act := range acts {
			group.Permissions = append(group.Permissions, PermissionTick{
				Key: strings.ToLower(subject + "." + act), Label: act + " " + strings.ToLower(subject), Text: "Pages, lists and notices about them.", Chosen: i == 0,
			})
		}
		groups = append(groups, group)
	}
	return groups
}

func (RolePage) states() []samples.State {
	groups := sampleGroups()
	holders := []Holder{{"Grace Hopper", "/operators/3", false}, {samples.LongName, "/operators/4", true}}
	press := RolePage{Path: "/roles/press", Title: "Press", Name: "Press", Text: "Publishes announcements.", Groups: groups, Held: Held{Holders: holders, More: 12}, HoldersPath: "/operators?role=press", Version: "2", MayDelete: true}
	refused := press
	refused.Form = view.Form{Errors: []view.FieldError{
		{Field: "name", Text: "Another role has this name."},
		{Field: "permission", Text: "You can give only what you hold yourself: “Reset two-factor authentication” is more."},
	}}
	builtIn := RolePage{Path: "/roles/moderator", Title: "Moderator", Name: "Moderator", Text: "The pages that keep the community in order.", Groups: groups, Fixed: "Built-in roles cannot be changed. Make a role of your own instead."}
	many, manyFixed := press, builtIn
	many.Groups, manyFixed.Groups, many.Many = sampleManyGroups(), sampleManyGroups(), true
	return []samples.State{
		{Name: "new", Page: RolePage{Path: "/roles/new", New: true, Groups: groups}},
		{Name: "filled", Page: press}, {Name: "refused", Page: refused}, {Name: "fixed", Page: builtIn},
		{Name: "long", Page: many}, {Name: "long-fixed", Page: manyFixed},
	}
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

func (RoleConfirmPage) states() []samples.State {
	fields := []Hidden{{"name", "Press"}, {"permission", "analytics.view"}, {"version", "2"}}
	return []samples.State{
		{Name: "both", Page: RoleConfirmPage{Title: "Press", Path: "/roles/press", NewName: "Press office", Adds: []string{"See figures", "Send campaigns"}, Removes: []string{"Decide on reports"}, TwoFactor: "on", Holders: 14, Fields: fields}},
		{Name: "one", Page: RoleConfirmPage{Title: samples.LongName, Path: "/roles/long", Removes: []string{samples.LongName}, Holders: 1, Fields: fields}},
		{Name: "described", Page: RoleConfirmPage{Title: "Press", Path: "/roles/press", Text: true, NewText: samples.Hostile, Holders: 50, Many: true, Fields: fields}},
	}
}
