package pages

import (
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

var accessRevoked = success("revoked")

// MemberRevokePage asks before a member's access is removed.
type MemberRevokePage struct {
	view.Form
	desk.MemberRow
	// Reason is what was typed.
	Reason string
	// SignedIn reports whether the member has sessions here.
	SignedIn bool
}

func (MemberRevokePage) Template() string { return "member_revoke" }

func (p MemberRevokePage) crumbs(in *messages.Language) []view.Crumb {
	return memberCrumbs(in, p.MemberRow, in.Text("members.revoke"))
}

// getMemberRevoke asks whether to remove a member's access.
func (c *call) getMemberRevoke() error {
	m, o, err := c.memberDetail()
	switch {
	case err != nil:
		return err
	case m.OperatorID == "":
		return desk.ErrNotFound
	case !m.Within:
		return desk.ErrForbidden
	}
	return c.show(http.StatusOK, MemberRevokePage{MemberRow: m, SignedIn: o.Sessions > 0})
}

// postMemberRevoke removes a member's access.
func (c *call) postMemberRevoke() error {
	m, o, err := c.memberDetail()
	switch {
	case err != nil:
		return err
	case m.OperatorID == "":
		return desk.ErrNotFound
	}
	reason := c.form.Get("reason")
	err = c.Desk.Delete(c.ctx(), c.actor(), c.visit, m.OperatorID, reason)
	if f, ok := c.refusal(err); ok {
		return c.show(http.StatusUnprocessableEntity, MemberRevokePage{f, m, reason, o.Sessions > 0})
	}
	if err != nil {
		return err
	}
	return c.redirect(accessRevoked.at(memberPath(m.ID)))
}
