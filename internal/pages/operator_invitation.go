package pages

import (
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var (
	operatorInvited     = success("invited", "The invitation is on its way.")
	invitationCancelled = success("invitation-cancelled", "Invitation cancelled.")
)

// OperatorInvitationPage asks before an invitation is cancelled.
type OperatorInvitationPage struct {
	view.Form
	Person
	Invitation Invitation
}

func (OperatorInvitationPage) Template() string { return "operator_invitation" }

func (p OperatorInvitationPage) crumbs() []view.Crumb { return p.below("Cancel invitation") }

// getOperatorInvitation shows what can be done about an invitation.
func (c *call) getOperatorInvitation() error {
	return c.offer(func(may OperatorRights) bool { return may.Invitation }, func(o desk.Detail) view.Page { return invitationPage(o, view.Form{}) })
}

func invitationPage(o desk.Detail, f view.Form) view.Page {
	return OperatorInvitationPage{Form: f, Person: person(o.Operator),
		Invitation: Invitation{Sent: o.UpdatedAt, Expires: o.InviteExpiresAt}}
}

// postOperatorInvitation sends an invitation again, shows a new link of it once, or cancels it.
func (c *call) postOperatorInvitation() error {
	ctx, s := c.ctx(), c.Desk
	switch c.form.Get("action") {
	case "resend":
		_, err := s.ResendInvitation(ctx, c.actor(), c.visit, c.id())
		return c.acted(err, operatorInvited, invitationPage)
	case "link":
		link, err := s.ResendInvitation(ctx, c.actor(), c.visit, c.id())
		if err != nil {
			return c.acted(err, notice{}, invitationPage)
		}
		o, err := c.subject()
		if err != nil {
			return err
		}
		return c.show(http.StatusOK, OperatorLinkShownPage{Person: person(o.Operator), Link: link, Expires: o.InviteExpiresAt, Invitation: true})
	case "cancel":
		if err := s.CancelInvitation(ctx, c.actor(), c.visit, c.id()); err != nil {
			return c.acted(err, notice{}, invitationPage)
		}
		return c.redirect(invitationCancelled.at("/operators"))
	}
	return ErrUnknownAct
}
