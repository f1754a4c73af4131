package gallery

import (
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func permissionTick(key, label, text string, chosen bool) pages.PermissionTick {
	return pages.PermissionTick{Permission: desk.Permission{Key: key, Label: label, Description: text}, Chosen: chosen}
}

func sampleGroups() []pages.PermissionGroup {
	beyond := permissionTick(desk.PermissionTwoFactorReset, "Reset two-factor authentication", "Remove the authenticator apps of someone who lost their phone. Comes with “See operators”.", false)
	beyond.Refusal = "You do not hold this yourself."
	return []pages.PermissionGroup{
		{Title: "People", Permissions: []pages.PermissionTick{
			permissionTick(desk.PermissionOperatorsView, "See operators", "See who has access and with which roles.", true),
			beyond,
		}},
		{Title: "Community", Permissions: []pages.PermissionTick{
			permissionTick("analytics.view", "See figures", "Visits, posts and answers.", true),
			permissionTick("posts.moderate", "Decide on reports", "Hide posts, warn members.", true),
			permissionTick("campaigns.send", longName, hostile, false),
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
			group.Permissions = append(group.Permissions, permissionTick(
				strings.ToLower(subject+"."+act), act+" "+strings.ToLower(subject), "Pages, lists and notices about them.", i == 0,
			))
		}
		groups = append(groups, group)
	}
	return groups
}

func holders(count int) pages.Holders {
	return pages.Holders{Named: []desk.Operator{grace().Operator, wolf().Operator}, Count: count, Many: count == 50}
}

func rolePage() []state {
	custom := pages.RolePage{
		Role: press, Typed: desk.RoleForm{Version: 2, Name: press.Name, Description: press.Description},
		Groups: sampleGroups(), Holders: holders(14),
	}
	refused := custom
	refused.Form = view.Form{}.Refuse("name", "Another role has this name. Choose another one.").Refuse("permission", "You can give only what you hold yourself.")
	builtIn := pages.RolePage{Role: moderator, Groups: sampleGroups(), Fixed: "This role is built in, and new versions may add to it. Create a role of your own for anything else."}
	many, manyFixed := custom, builtIn
	many.Groups, manyFixed.Groups, many.Holders = sampleManyGroups(), sampleManyGroups(), holders(50)
	return []state{
		{Name: "new", Page: pages.RolePage{Groups: sampleGroups()}},
		{Name: "filled", Page: custom}, {Name: "refused", Page: refused}, {Name: "fixed", Page: builtIn},
		{Name: "long", Page: many}, {Name: "long-fixed", Page: manyFixed},
	}
}

func roleConfirmPage() []state {
	fields := []pages.Hidden{{Name: "name", Value: "Press"}, {Name: "permission", Value: "analytics.view"}, {Name: "version", Value: "2"}}
	return []state{
		{Name: "both", Page: pages.RoleConfirmPage{Role: press, RoleDifference: desk.RoleDifference{
			NewName: "Press office", Added: []string{"See figures", "Send campaigns"}, Removed: []string{"Decide on reports"}, TwoFactor: "on",
		}, Holders: holders(14), Fields: fields}},
		{Name: "one", Page: pages.RoleConfirmPage{Role: longRole, RoleDifference: desk.RoleDifference{Removed: []string{longName}}, Holders: pages.Holders{Count: 1}, Fields: fields}},
		{Name: "described", Page: pages.RoleConfirmPage{Role: press, RoleDifference: desk.RoleDifference{Text: true, NewText: hostile}, Holders: holders(50), Fields: fields}},
	}
}

func roleDeletePage() []state {
	to := []view.Option{{Value: "", Label: "None", Chosen: true}, {Value: "moderator", Label: "Moderator"}, {Value: "administrator", Label: "Administrator"}}
	return []state{
		{Name: "unused", Page: pages.RoleDeletePage{Role: keyKeeper}},
		{Name: "held", Page: pages.RoleDeletePage{Role: press, Holders: holders(14), To: to}},
		{Name: "refused", Page: pages.RoleDeletePage{
			Form: view.Form{}.Refuse("to", "Choose an existing role that you can give."),
			Role: moderator, Holders: pages.Holders{Named: []desk.Operator{grace().Operator}, Count: 1}, To: to,
		}},
	}
}
