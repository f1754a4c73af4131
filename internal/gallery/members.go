package gallery

import (
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func membersPage() []state {
	rows := []pages.MemberRow{
		{Name: "Ada Lovelace", Email: "ada@community.example", Path: "/members/12", Roles: []string{"Super-administrator", "Press"}, State: "Active", Level: view.LevelSuccess},
		{Name: "Mary Somerville", Email: "mary@community.example", Path: "/members/13", MayChange: true},
		{Name: longName, Email: longEmail, Path: "/members/14", Roles: []string{"Moderator"}, State: "Invited", Level: view.LevelInfo, MayChange: true},
		{Name: hostile, Email: hostile, Path: hostile},
	}
	return []state{
		{Name: "filled", Page: pages.MembersPage{Members: rows, Pager: pages.Pager{Next: "/members?after=x"}}},
		{Name: "sso", Page: pages.MembersPage{Members: rows[1:2], SSO: "Contoso Sign-In", Search: "mary", Filtered: true}},
		{Name: "none", Page: pages.MembersPage{Search: "nobody", Access: "yes", Filtered: true}},
		{Name: "empty", Page: pages.MembersPage{}},
		{Name: "unavailable", Page: pages.MembersPage{Search: "mary", Filtered: true, Unavailable: true}},
	}
}

func memberPage() []state {
	mary := pages.MemberPage{Name: "Mary Somerville", Email: "mary@community.example", ID: "13", Path: "/members/13", Primary: samplePrimary("moderator"), Additional: sampleAdditional()}
	sso := mary
	sso.SSO, sso.Additional = "Contoso Sign-In", nil
	has := mary
	has.OperatorPath, has.State, has.Level, has.MayRevoke, has.Version = "/operators/5", "Active", view.LevelSuccess, true, "3"
	refused := mary
	refused.Form = view.Form{Errors: []view.FieldError{{Field: "primary", Text: "Another operator has this member’s name. Rename one of the two first."}}}
	above := has
	above.Refusal, above.MayRevoke = "They hold more than you do, so you can look, but not change anything.", false
	return []state{
		{Name: "grant", Page: mary}, {Name: "sso", Page: sso}, {Name: "change", Page: has},
		{Name: "refused", Page: refused}, {Name: "above", Page: above},
	}
}

func memberConfirmPage() []state {
	return []state{
		{Name: "grant", Page: pages.MemberConfirmPage{Name: "Mary Somerville", Path: "/members/13", Grant: true, SSO: "Contoso Sign-In",
			RoleChanges: pages.RoleChanges{Adds: []string{"Moderator", "Press"}, Gains: []string{"Decide on reports", "Publish announcements"}, TwoFactor: true},
			Fields:      []pages.Hidden{{Name: "action", Value: "grant"}, {Name: "primary", Value: "moderator"}, {Name: "role", Value: "press"}}}},
		{Name: "change", Page: pages.MemberConfirmPage{Name: longName, Path: "/members/14",
			RoleChanges: pages.RoleChanges{Before: "Moderator", After: "Community manager", Adds: []string{"Community manager"}, Removes: []string{"Moderator"}, Gains: []string{"See figures"}},
			Fields:      []pages.Hidden{{Name: "action", Value: "change"}, {Name: "primary", Value: "community-manager"}, {Name: "version", Value: "3"}}}},
	}
}

func memberRevokePage() []state {
	return []state{{Name: "plain", Page: pages.MemberRevokePage{Name: "Mary Somerville", Path: "/members/13", Roles: []string{"Moderator", "Press"}, Sessions: 1}}}
}
