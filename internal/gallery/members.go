package gallery

import (
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

var (
	mary     = desk.MemberRow{Member: desk.Member{ID: "13", Name: "Mary Somerville", Email: "mary@community.example"}, Within: true}
	hasPress = desk.MemberRow{
		Member: desk.Member{ID: "14", Name: longName, Email: longEmail}, OperatorID: "4", Within: true,
		Roles: []desk.Role{moderator, press}, Show: store.ShowInvited,
	}
)

func membersPage() []state {
	rows := []desk.MemberRow{
		{Member: desk.Member{ID: "12", Name: "Ada Lovelace", Email: "ada@community.example"}, OperatorID: "1", Roles: []desk.Role{superAdministrator, press}, Show: store.ShowActive},
		mary, hasPress,
		{Member: desk.Member{ID: hostile, Name: hostile, Email: hostile}, Within: true},
	}
	return []state{
		{Name: "filled", Page: pages.MembersPage{Members: rows, MayManage: true, Pager: pages.Pager{Next: "/members?after=x"}}},
		{Name: "sso", Page: pages.MembersPage{Members: rows[1:2], SSO: "Contoso Sign-In", Search: "mary"}},
		{Name: "none", Page: pages.MembersPage{Search: "nobody", Access: "yes"}},
		{Name: "empty", Page: pages.MembersPage{}},
		{Name: "further", Page: pages.MembersPage{Search: "nobody", Pager: pages.Pager{Next: "/members?after=x"}}},
		{Name: "unavailable", Page: pages.MembersPage{Search: "mary", Unavailable: true}},
	}
}

func memberPage() []state {
	grant := pages.MemberPage{MemberRow: mary, RolesInput: rolesInput("moderator", "press")}
	sso := grant
	sso.SSO = "Contoso Sign-In"
	change := pages.MemberPage{MemberRow: hasPress, RolesInput: rolesInput("moderator", "press"), MayRevoke: true}
	refused := grant
	refused.Form = view.Form{}.Refuse("", "Another operator has this member’s name.")
	above := change
	above.Refusal, above.MayRevoke, above.Within = "This member holds more than you do, so you cannot act on them.", false, false
	return []state{
		{Name: "grant", Page: grant}, {Name: "sso", Page: sso}, {Name: "change", Page: change},
		{Name: "refused", Page: refused}, {Name: "above", Page: above},
	}
}

func memberConfirmPage() []state {
	return []state{
		{Name: "grant", Page: pages.MemberConfirmPage{
			MemberRow: mary, SSO: "Contoso Sign-In",
			RoleChange: desk.RoleChange{
				PrimaryBefore: "Registered user (no access)", PrimaryAfter: "Moderator", Added: []string{"Moderator", "Press"},
				Gains: []string{"Decide on reports", "Publish announcements"}, TwoFactor: true,
			},
			Fields: []pages.Hidden{{Name: "action", Value: "grant"}, {Name: "primary", Value: "moderator"}, {Name: "role", Value: "press"}},
		}},
		{Name: "change", Page: pages.MemberConfirmPage{
			MemberRow: hasPress,
			RoleChange: desk.RoleChange{
				PrimaryBefore: "Moderator", PrimaryAfter: "Community manager", Added: []string{"Community manager"}, Removed: []string{"Moderator"},
				Gains: []string{"See figures"},
			},
			Fields: []pages.Hidden{{Name: "action", Value: "change"}, {Name: "primary", Value: "community-manager"}, {Name: "version", Value: "3"}},
		}},
	}
}

func memberRevokePage() []state {
	return []state{{Name: "plain", Page: pages.MemberRevokePage{MemberRow: hasPress, SignedIn: true}}}
}
