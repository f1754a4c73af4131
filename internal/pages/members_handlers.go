package pages

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

func memberPath(id string) string { return "/members/" + url.PathEscape(id) }

func (c *call) ssoName() string {
	if sso := c.Desk.SSO; sso != nil {
		return sso.Name
	}
	return ""
}

// getMembers searches the members of the community.
func (c *call) getMembers() error {
	q := c.query()
	if q.Get("access") == "yes" {
		return c.showMembersWithAccess(q)
	}
	p, manage := MembersPage{Search: q.Get("q"), SSO: c.ssoName(), Filtered: q.Get("q") != ""}, c.identity.Can(desk.PermissionOperatorsManage)
	rows, next, err := c.Desk.SearchMembers(c.ctx(), c.actor(), q.Get("q"), q.Get("after"), rowsPerPage)
	if err != nil {
		return c.noDirectory(err, p)
	}
	if q.Get("after") != "" {
		p.First = c.following("/members", nil, "after")
	}
	if next != "" {
		p.Next = c.following("/members", map[string]string{"after": next})
	}
	for _, m := range rows {
		row := MemberRow{Name: m.Name, Email: m.Email, Path: memberPath(m.ID), Roles: m.Roles, MayChange: manage && m.Within}
		if m.OperatorID != "" {
			row.State, row.Level = states[m.Show].word, states[m.Show].level
		}
		p.Members = append(p.Members, row)
	}
	return c.show(http.StatusOK, p)
}

// noDirectory says that the community did not answer, if that is what failed.
func (c *call) noDirectory(err error, p MembersPage) error {
	if !errors.Is(err, desk.ErrDirectory) {
		return err
	}
	c.Desk.Log.ErrorContext(c.ctx(), "directory of members did not answer", "request", c.visit.RequestID, "error", err)
	p.Unavailable = true
	return c.show(http.StatusServiceUnavailable, p)
}

// showMembersWithAccess lists the members who are operators. The community does
// not know them apart, so the office's own list is searched.
func (c *call) showMembersWithAccess(q url.Values) error {
	if !c.Desk.CanSearchMembers() {
		return desk.ErrNotFound
	}
	query := store.OperatorQuery{Search: q.Get("q"), Member: store.Yes, After: operatorCursor(q), Limit: rowsPerPage}
	list, err := c.Desk.Operators(c.ctx(), c.actor(), query)
	if err != nil {
		return err
	}
	p := MembersPage{Search: q.Get("q"), Access: "yes", SSO: c.ssoName(), Filtered: true}
	if query.After != nil {
		p.First = c.following("/members", nil, "after", "at", "id")
	}
	if list.Next != nil {
		p.Next = c.following("/members", cursorFields(*list.Next))
	}
	for _, o := range list.Rows {
		p.Members = append(p.Members, MemberRow{Name: o.Name, Email: o.Email, Path: memberPath(o.MemberID), Roles: o.Roles,
			State: states[o.Show].word, Level: states[o.Show].level, MayChange: o.Within && c.identity.Can(desk.PermissionOperatorsManage)})
	}
	return c.show(http.StatusOK, p)
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
	return c.memberRefused(err, memberPath(m.ID)+"?done=access", again)
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

// getMemberRevoke asks whether to take a member's access away.
func (c *call) getMemberRevoke() error {
	m, o, err := c.memberDetail()
	if err != nil {
		return c.noDirectory(err, MembersPage{SSO: c.ssoName()})
	}
	switch {
	case m.OperatorID == "":
		return desk.ErrNotFound
	case !o.Within:
		return desk.ErrForbidden
	}
	return c.show(http.StatusOK, MemberRevokePage{Name: m.Name, Path: memberPath(m.ID), Roles: m.Roles, Sessions: o.Sessions})
}

// postMemberRevoke takes a member's access away.
func (c *call) postMemberRevoke() error {
	m, o, err := c.memberDetail()
	if err != nil {
		return c.noDirectory(err, MembersPage{SSO: c.ssoName()})
	}
	if m.OperatorID == "" {
		return desk.ErrNotFound
	}
	err = c.Desk.Delete(c.ctx(), c.actor(), c.visit, m.OperatorID, c.form.Get("reason"))
	return c.memberRefused(err, memberPath(m.ID)+"?done=revoked", func(_ desk.Detail, f view.Form) error {
		return c.show(http.StatusUnprocessableEntity, MemberRevokePage{Form: f, Name: m.Name, Path: memberPath(m.ID), Reason: c.form.Get("reason"), Roles: m.Roles, Sessions: o.Sessions})
	})
}
