package pages

import (
	"github.com/postern-go/postern/internal/pages/samples"
	"github.com/postern-go/postern/internal/view"
)

// MembersPage searches the community's members.
type MembersPage struct {
	view.Form
	Pager
	Members []MemberRow
	// Search is what was searched for, Access "yes" where only members with
	// access are asked for.
	Search, Access string
	Filtered       bool
	// SSO names the company's sign-in where members have no password; empty
	// where the community checks one.
	SSO string
	// Unavailable says that the community's directory did not answer.
	Unavailable bool
}

// MemberRow is one member of the list.
type MemberRow struct {
	Name, Email string
	// Path is the page that grants and changes.
	Path string
	// Roles are labels of office roles, the primary one first; empty for who
	// has no access.
	Roles []string
	// State is the operator's, a word, and Level its colour; empty for who has
	// no access.
	State string
	Level view.Level
	// MayChange says that the reader may give, change or take access.
	MayChange bool
}

func (MembersPage) Template() string { return "members" }

func (MembersPage) states() []samples.State {
	rows := []MemberRow{
		{Name: "Ada Lovelace", Email: "ada@community.example", Path: "/members/12", Roles: []string{"Super-administrator", "Press"}, State: "Active", Level: view.LevelSuccess},
		{Name: "Mary Somerville", Email: "mary@community.example", Path: "/members/13", MayChange: true},
		{Name: samples.LongName, Email: samples.LongEmail, Path: "/members/14", Roles: []string{"Moderator"}, State: "Invited", Level: view.LevelInfo, MayChange: true},
		{Name: samples.Hostile, Email: samples.Hostile, Path: samples.Hostile},
	}
	return []samples.State{
		{Name: "filled", Page: MembersPage{Members: rows, Pager: Pager{Next: "/members?after=x"}}},
		{Name: "sso", Page: MembersPage{Members: rows[1:2], SSO: "Contoso Sign-In", Search: "mary", Filtered: true}},
		{Name: "none", Page: MembersPage{Search: "nobody", Access: "yes", Filtered: true}},
		{Name: "empty", Page: MembersPage{}},
		{Name: "unavailable", Page: MembersPage{Search: "mary", Filtered: true, Unavailable: true}},
	}
}

// MemberPage gives a member access, or changes it.
type MemberPage struct {
	view.Form
	Name, Email string
	// ID is the community's own, Path this page.
	ID, Path string
	SSO      string
	// OperatorPath is the operator's page; empty for who has no access yet.
	OperatorPath string
	// State is the operator's, a word, and Level its colour.
	State string
	Level view.Level
	// Refusal says why the reader may not act on this member.
	Refusal    string
	Primary    []view.Option
	Additional []RoleChoice
	// Version is that of the operator the form was made from.
	Version string
	// MayRevoke shows the button.
	MayRevoke bool
}

func (MemberPage) Template() string { return "member" }

func (p MemberPage) crumbs() []view.Crumb {
	return []view.Crumb{{Label: "Members", Path: "/members"}, {Label: p.Name}}
}

func (MemberPage) states() []samples.State {
	mary := MemberPage{Name: "Mary Somerville", Email: "mary@community.example", ID: "13", Path: "/members/13", Primary: samplePrimary("moderator"), Additional: sampleAdditional()}
	sso := mary
	sso.SSO, sso.Additional = "Contoso Sign-In", nil
	has := mary
	has.OperatorPath, has.State, has.Level, has.MayRevoke, has.Version = "/operators/5", "Active", view.LevelSuccess, true, "3"
	refused := mary
	refused.Form = view.Form{Errors: []view.FieldError{{Field: "primary", Text: "Another operator has this member’s name. Rename one of the two first."}}}
	above := has
	above.Refusal, above.MayRevoke = "They hold more than you do, so you can look, but not change anything.", false
	return []samples.State{
		{Name: "grant", Page: mary}, {Name: "sso", Page: sso}, {Name: "change", Page: has},
		{Name: "refused", Page: refused}, {Name: "above", Page: above},
	}
}

// MemberConfirmPage shows what a change of a member's roles gives and takes.
type MemberConfirmPage struct {
	view.Form
	Name, Path string
	RoleChanges
	// Grant says that they had no access before.
	Grant  bool
	SSO    string
	Fields []Hidden
}

func (MemberConfirmPage) Template() string { return "member_confirm" }

func (p MemberConfirmPage) crumbs() []view.Crumb {
	return []view.Crumb{{Label: "Members", Path: "/members"}, {Label: p.Name, Path: p.Path}, {Label: "Confirm"}}
}

func (MemberConfirmPage) states() []samples.State {
	return []samples.State{
		{Name: "grant", Page: MemberConfirmPage{Name: "Mary Somerville", Path: "/members/13", Grant: true, SSO: "Contoso Sign-In",
			RoleChanges: RoleChanges{Adds: []string{"Moderator", "Press"}, Gains: []string{"Decide on reports", "Publish announcements"}, TwoFactor: true},
			Fields:      []Hidden{{"action", "grant"}, {"primary", "moderator"}, {"role", "press"}}}},
		{Name: "change", Page: MemberConfirmPage{Name: samples.LongName, Path: "/members/14",
			RoleChanges: RoleChanges{Before: "Moderator", After: "Community manager", Adds: []string{"Community manager"}, Removes: []string{"Moderator"}, Gains: []string{"See figures"}},
			Fields:      []Hidden{{"action", "change"}, {"primary", "community-manager"}, {"version", "3"}}}},
	}
}

// MemberRevokePage asks before a member's access is taken.
type MemberRevokePage struct {
	view.Form
	Name, Path string
	Reason     string
	// Roles are the labels of what they lose.
	Roles    []string
	Sessions int
}

func (MemberRevokePage) Template() string { return "member_revoke" }

func (p MemberRevokePage) crumbs() []view.Crumb {
	return []view.Crumb{{Label: "Members", Path: "/members"}, {Label: p.Name, Path: p.Path}, {Label: "Remove access"}}
}

func (MemberRevokePage) states() []samples.State {
	return []samples.State{{Name: "plain", Page: MemberRevokePage{Name: "Mary Somerville", Path: "/members/13", Roles: []string{"Moderator", "Press"}, Sessions: 1}}}
}
