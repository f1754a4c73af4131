package pages

import (
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var accessRevoked = success("revoked", "Access removed.")

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
	return c.memberRefused(err, accessRevoked.at(memberPath(m.ID)), func(_ desk.Detail, f view.Form) error {
		return c.show(http.StatusUnprocessableEntity, MemberRevokePage{Form: f, Name: m.Name, Path: memberPath(m.ID), Reason: c.form.Get("reason"), Roles: m.Roles, Sessions: o.Sessions})
	})
}
