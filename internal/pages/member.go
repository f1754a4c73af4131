package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var accessChanged = success("access", "Access changed. They are notified by email.")

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

// memberDetail is a member with the operator they are, if any.
func (c *call) memberDetail() (desk.MemberRow, desk.Detail, error) {
	m, err := c.Desk.Member(c.ctx(), c.actor(), c.id())
	if err != nil || m.OperatorID == "" {
		return m, desk.Detail{Within: true}, err
	}
	o, err := c.Desk.Operator(c.ctx(), c.actor(), m.OperatorID)
	return m, o, err
}

// getMember shows a member, and which access they have.
func (c *call) getMember() error {
	m, o, err := c.memberDetail()
	if err != nil {
		return c.noDirectory(err, MembersPage{SSO: c.ssoName()})
	}
	return c.showMember(http.StatusOK, m, o, view.Form{}, desk.RolesForm{Version: o.Version, Primary: o.PrimaryRole, Roles: o.Operator.Roles})
}

func (c *call) showMember(status int, m desk.MemberRow, o desk.Detail, f view.Form, chosen desk.RolesForm) error {
	p := MemberPage{Form: f, Name: m.Name, Email: m.Email, ID: m.ID, Path: memberPath(m.ID), SSO: c.ssoName(), Version: version(chosen.Version)}
	if m.OperatorID != "" {
		p.OperatorPath, p.State, p.Level = operatorPath(m.OperatorID), states[m.Show].word, states[m.Show].level
	}
	manage := c.identity.Can(desk.PermissionOperatorsManage)
	switch {
	case !manage:
		p.Refusal = lookOnly
	case !o.Within:
		p.Refusal = "This member holds more than you do, so you cannot act on them."
	}
	p.MayRevoke = manage && o.Within && m.OperatorID != "" && o.Kept == ""
	var err error
	if p.Primary, p.Additional, err = c.rolesToChoose(chosen); err != nil {
		return err
	}
	return c.show(status, p)
}

// postMember gives a member access or changes it, after showing the difference.
func (c *call) postMember() error {
	m, o, err := c.memberDetail()
	if err != nil {
		return c.noDirectory(err, MembersPage{SSO: c.ssoName()})
	}
	f := c.rolesForm()
	again := func(_ desk.Detail, form view.Form) error {
		return c.showMember(http.StatusUnprocessableEntity, m, o, form, f)
	}
	ctx, grant := c.ctx(), m.OperatorID == ""
	if !c.confirmed() {
		var change desk.RoleChange
		if grant {
			change, err = c.Desk.PreviewGrant(ctx, c.actor(), m.ID, f)
		} else {
			change, err = c.Desk.PreviewRoles(ctx, c.actor(), m.OperatorID, f)
		}
		if err != nil {
			return c.memberRefused(err, "", again)
		}
		return c.show(http.StatusOK, MemberConfirmPage{Name: m.Name, Path: memberPath(m.ID), RoleChanges: roleChanges(change), Grant: grant, SSO: c.ssoName(), Fields: c.again()})
	}
	if grant {
		_, err = c.Desk.Grant(ctx, c.actor(), c.visit, m.ID, f.IDs())
	} else {
		err = c.Desk.ChangeRoles(ctx, c.actor(), c.visit, m.OperatorID, f)
	}
	return c.memberRefused(err, accessChanged.at(memberPath(m.ID)), again)
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

func (c *call) memberRefused(err error, to string, again func(desk.Detail, view.Form) error) error {
	bad := (*desk.InvalidError)(nil)
	switch {
	case errors.As(err, &bad):
		return again(desk.Detail{}, Problems(bad))
	case errors.Is(err, desk.ErrLastSuperAdministrator):
		return again(desk.Detail{}, view.Form{}.Refuse("", "This is the last active super-administrator. Make somebody else one first."))
	case err != nil:
		return c.noDirectory(err, MembersPage{SSO: c.ssoName()})
	}
	return c.redirect(to)
}
