package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func operatorsPage() []state {
	actions := func(path string, more ...pages.Action) []pages.Action {
		return append([]pages.Action{{Label: "Edit roles", Path: path + "/roles", Danger: false}, {Label: "Rename", Path: path + "/name", Danger: false}}, more...)
	}
	roles := []view.Option{{Value: "super-administrator", Label: "Super-administrator"}, {Value: "administrator", Label: "Administrator"}, {Value: "moderator", Label: "Moderator"}, {Value: "press", Label: "Press"}}
	rows := []pages.OperatorRow{
		{Name: "Ada Lovelace", Email: "ada@community.example", Path: "/operators/1", Roles: []string{"Super-administrator", "Press"}, State: "Active", Level: view.LevelSuccess, TwoFactor: true, LastActive: ago(time.Minute), Actions: actions("/operators/1")},
		{Name: arabicName, Email: "sara@community.example", Path: "/operators/2", Roles: []string{"Moderator"}, State: "Invited", Level: view.LevelInfo, Actions: actions("/operators/2", pages.Action{Label: "Cancel invitation", Path: "/operators/2/invitation", Danger: true})},
		{Name: "Grace Hopper", Email: "grace@community.example", State: "Disabled", TwoFactor: true, LastActive: ago(90 * 24 * time.Hour), Member: true},
		{Name: longName, Email: longEmail, Path: "/operators/4", Roles: []string{"Community manager"}, State: "Locked", Level: view.LevelDanger, TwoFactor: true, LastActive: ago(3 * 24 * time.Hour), Member: true,
			Actions: actions("/operators/4", pages.Action{Label: "End sessions", Path: "/operators/4/sessions", Danger: false}, pages.Action{Label: "Reset two-factor", Path: "/operators/4/two-factor", Danger: true}, pages.Action{Label: "Disable", Path: "/operators/4/disable", Danger: true}, pages.Action{Label: "Delete", Path: "/operators/4/delete", Danger: true})},
		{Name: hostile, Email: hostile, Path: hostile, Roles: []string{hostile}, State: "Invitation expired", Level: view.LevelWarning, Actions: []pages.Action{{Label: hostile, Path: hostile, Danger: true}}},
	}
	return []state{
		{Name: "empty", Page: pages.OperatorsPage{MayInvite: true}},
		{Name: "filled", Page: pages.OperatorsPage{MayInvite: true, Roles: roles, Pager: pages.Pager{Next: "/operators?after=wolf"}, Operators: rows}},
		{Name: "filtered", Page: pages.OperatorsPage{Roles: roles, Pager: pages.Pager{First: "/operators?state=locked"}, Filtered: true, Search: "wolf com", State: "locked", TwoFactor: "yes", Origin: "member", Sort: "last-active", Operators: rows[3:4]}},
		{Name: "none", Page: pages.OperatorsPage{MayInvite: true, Roles: roles, Filtered: true, Search: longName}},
	}
}

func sampleRoles() []pages.RoleChoice {
	return []pages.RoleChoice{
		{ID: "super-administrator", Label: "Super-administrator", Text: "May do everything.", Refusal: "Only a super-administrator can give this."},
		{ID: "administrator", Label: "Administrator", Text: "Manages operators, roles and parameters."},
		{ID: "community-manager", Label: "Community manager", Text: "Runs the community: categories, campaigns, analytics.", Chosen: true},
		{ID: "moderator", Label: "Moderator", Text: "Decides on reported posts and members."},
	}
}

func operatorNewPage() []state {
	return []state{
		{Name: "empty", Page: pages.OperatorNewPage{Roles: sampleRoles(), Life: 7 * 24 * time.Hour}},
		{Name: "refused", Page: pages.OperatorNewPage{
			Form: view.Form{Errors: []view.FieldError{
				{Field: "email", Text: "An operator with this address exists already. Change their roles on their page."},
				{Field: "name", Text: "This name is taken. Add something that tells the two apart."},
				{Field: "role", Text: "Tick at least one role; without one there is no access."},
			}},
			Email: "grace@community.example", Name: longName, Roles: sampleRoles(), Life: time.Hour,
		}},
	}
}
