package pages

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

var accessChanged = mailed("access")

// MemberPage gives a member access, or changes it.
type MemberPage struct {
	view.Form
	desk.MemberRow
	RolesInput
	// NewName is the name of a member who is to get access, as it is or was typed.
	NewName string
	// Ends is the last day of their account as it was typed.
	Ends string
	SSO  string
	// Refusal says why the reader may not act on this member; empty if they may.
	Refusal string
	// MayRevoke shows the button that removes access.
	MayRevoke bool
}

func (MemberPage) Template() string { return "member" }

func (p MemberPage) crumbs(in *messages.Language) []view.Crumb {
	return []view.Crumb{{Label: in.Text("common.members"), Path: "/members"}, {Label: in.Say(p.Called())}}
}

// memberCrumbs lead to a page below a member's.
func memberCrumbs(in *messages.Language, m desk.MemberRow, label string) []view.Crumb {
	return []view.Crumb{{Label: in.Text("common.members"), Path: "/members"}, {Label: in.Say(m.Called()), Path: memberPath(m.ID)}, {Label: label}}
}

// memberDetail is a member with the operator they are, if any.
func (c *call) memberDetail() (m desk.MemberRow, o desk.OperatorDetail, err error) {
	m, err = c.Desk.Member(c.ctx(), c.actor(), c.id())
	if err == nil && m.OperatorID != "" {
		o, err = c.Desk.Operator(c.ctx(), c.actor(), m.OperatorID)
	}
	return m, o, err
}

// getMember shows a member and their access.
func (c *call) getMember() error {
	m, o, err := c.memberDetail()
	if err != nil {
		return err
	}
	return c.showMember(http.StatusOK, m, o, view.Form{}, o.RolesForm())
}

func (c *call) showMember(status int, m desk.MemberRow, o desk.OperatorDetail, form view.Form, f desk.RolesForm) error {
	input, err := c.rolesInput(f)
	if err != nil {
		return err
	}
	for i, e := range form.Errors {
		if e.Field == "member" {
			form.Errors[i].Field = "" // The form has no such field to lead to.
		}
	}
	p := MemberPage{Form: form, MemberRow: m, RolesInput: input, Ends: c.form.Get("ends"), SSO: c.ssoName()}
	switch {
	case !c.identity.Can(desk.PermissionOperatorsManage):
		p.Refusal = c.t("operators.look_only")
	case !m.Within:
		p.Refusal = c.t("members.holds_more")
	}
	if p.Refusal == "" && m.OperatorID == "" && m.EmailProblem.IsZero() {
		if p.NewName = c.form.Get("name"); c.r.Method != http.MethodPost {
			p.NewName, err = c.Desk.GrantedName(c.ctx(), c.actor(), m.Member)
			if err != nil && !errors.Is(err, desk.ErrDirectory) {
				return err
			}
		}
	}
	p.MayRevoke = p.Refusal == "" && m.OperatorID != "" && o.Kept.IsZero()
	return c.show(status, p)
}

// MemberConfirmPage shows what a change of a member's roles gives and takes.
type MemberConfirmPage struct {
	desk.MemberRow
	desk.RoleChange
	// NewName is the name of a member who is to get access, typed or derived.
	NewName string
	// LastDay is the last day of their account, zero if it does not end; Ends says when.
	LastDay time.Time
	Ends    messages.Text
	SSO     string
	RolesConfirm
}

func (MemberConfirmPage) Template() string { return "member_confirm" }

func (p MemberConfirmPage) crumbs(in *messages.Language) []view.Crumb {
	return memberCrumbs(in, p.MemberRow, in.Text("members.confirm"))
}

// postMember gives a member access or changes it, after showing the difference.
func (c *call) postMember() error {
	m, o, err := c.memberDetail()
	if err != nil {
		return err
	}
	f, grant := c.rolesForm(o.PrimaryRole), m.OperatorID == ""
	access := desk.GrantForm{Name: c.form.Get("name"), Roles: f.IDs(), Ends: c.form.Get("ends")}
	var change desk.RoleChange
	switch {
	case grant && c.confirmed():
		_, err = c.Desk.GrantAs(c.ctx(), c.actor(), c.visit, m.ID, access)
	case grant:
		change, err = c.Desk.PreviewGrant(c.ctx(), c.actor(), m.ID, access)
		if err == nil && strings.TrimSpace(access.Name) == "" {
			access.Name, err = c.Desk.GrantedName(c.ctx(), c.actor(), m.Member)
		}
	case c.confirmed():
		err = c.Desk.ChangeRoles(c.ctx(), c.actor(), c.visit, m.OperatorID, f)
	default:
		change, err = c.Desk.PreviewRoles(c.ctx(), c.actor(), m.OperatorID, f)
	}
	if form, ok := c.refusal(err); ok {
		return c.showMember(http.StatusUnprocessableEntity, m, o, form, f)
	}
	switch {
	case err != nil:
		return err
	case c.confirmed():
		return c.redirect(accessChanged.at(memberPath(m.ID)))
	}
	again, err := c.rolesAgain(f)
	if err != nil {
		return err
	}
	p := MemberConfirmPage{MemberRow: m, RoleChange: change, NewName: access.Name, SSO: c.ssoName(), RolesConfirm: again}
	if grant {
		p.LastDay, p.Ends = c.lastDay(access.Ends)
	}
	return c.show(http.StatusOK, p)
}
