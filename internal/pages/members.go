package pages

import (
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
