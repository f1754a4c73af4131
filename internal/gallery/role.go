package gallery

import (
	"strings"

	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func sampleGroups() []pages.PermissionGroup {
	return []pages.PermissionGroup{
		{Title: "People", Permissions: []pages.PermissionTick{
			{Key: "operators.view", Label: "See operators", Text: "See who has access and with which roles.", Chosen: true},
			{Key: "operators.manage", Label: "Invite and manage operators", Text: "Invite people and change what they may do, up to one’s own rights."},
			{Key: "operators.reset_two_factor", Label: "Reset two-factor authentication", Text: "Remove the authenticators of somebody who lost their phone.", Refusal: "You do not hold this yourself."},
		}},
		{Title: "Community", Permissions: []pages.PermissionTick{
			{Key: "analytics.view", Label: "See figures", Text: "Visits, posts and answers.", Chosen: true},
			{Key: "posts.moderate", Label: "Decide on reports", Text: "Hide posts, warn members.", Chosen: true},
			{Key: "campaigns.send", Label: longName, Text: hostile},
		}},
		{Title: "Settings", Permissions: []pages.PermissionTick{
			{Key: "parameters.manage", Label: "Change parameters", Text: "Change the office’s address and its rules.", Chosen: true, Refusal: "Only a super-administrator can take this away."},
		}},
	}
}

// sampleManyGroups is what a large host declares.
func sampleManyGroups() []pages.PermissionGroup {
	groups := sampleGroups()
	acts := []string{"See", "Write", "Change", "Move", "Hide", "Delete", "Export", "Import", "Approve", "Assign"}
	for _, subject := range []string{"Articles", "Badges", "Campaigns", "Categories", "Events", "Files", "Forms", "Ideas", "Integrations", "Questions", "Surveys", "Translations"} {
		group := pages.PermissionGroup{Title: subject}
		for i, act := range acts {
			group.Permissions = append(group.Permissions, pages.PermissionTick{
				Key: strings.ToLower(subject + "." + act), Label: act + " " + strings.ToLower(subject), Text: "Pages, lists and notices about them.", Chosen: i == 0,
			})
		}
		groups = append(groups, group)
	}
	return groups
}

func rolePage() []state {
	groups := sampleGroups()
	holders := []pages.Holder{{Name: "Grace Hopper", Path: "/operators/3", Primary: false}, {Name: longName, Path: "/operators/4", Primary: true}}
	press := pages.RolePage{Path: "/roles/press", Title: "Press", Name: "Press", Text: "Publishes announcements.", Groups: groups, Held: pages.Held{Holders: holders, More: 12}, HoldersPath: "/operators?role=press", Version: "2", MayDelete: true}
	refused := press
	refused.Form = view.Form{Errors: []view.FieldError{
		{Field: "name", Text: "Another role has this name."},
		{Field: "permission", Text: "You can give only what you hold yourself: “Reset two-factor authentication” is more."},
	}}
	builtIn := pages.RolePage{Path: "/roles/moderator", Title: "Moderator", Name: "Moderator", Text: "The pages that keep the community in order.", Groups: groups, Fixed: "Built-in roles cannot be changed. Make a role of your own instead."}
	many, manyFixed := press, builtIn
	many.Groups, manyFixed.Groups, many.Many = sampleManyGroups(), sampleManyGroups(), true
	return []state{
		{Name: "new", Page: pages.RolePage{Path: "/roles/new", New: true, Groups: groups}},
		{Name: "filled", Page: press}, {Name: "refused", Page: refused}, {Name: "fixed", Page: builtIn},
		{Name: "long", Page: many}, {Name: "long-fixed", Page: manyFixed},
	}
}

func roleConfirmPage() []state {
	fields := []pages.Hidden{{Name: "name", Value: "Press"}, {Name: "permission", Value: "analytics.view"}, {Name: "version", Value: "2"}}
	return []state{
		{Name: "both", Page: pages.RoleConfirmPage{Title: "Press", Path: "/roles/press", NewName: "Press office", Adds: []string{"See figures", "Send campaigns"}, Removes: []string{"Decide on reports"}, TwoFactor: "on", Holders: 14, Fields: fields}},
		{Name: "one", Page: pages.RoleConfirmPage{Title: longName, Path: "/roles/long", Removes: []string{longName}, Holders: 1, Fields: fields}},
		{Name: "described", Page: pages.RoleConfirmPage{Title: "Press", Path: "/roles/press", Text: true, NewText: hostile, Holders: 50, Many: true, Fields: fields}},
	}
}
