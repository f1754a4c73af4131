package pages

import (
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

var (
	operatorInvited     = mailed("invited")
	invitationCancelled = success("invitation-cancelled")
)

// OperatorInvitationPage asks before an invitation is cancelled.
type OperatorInvitationPage struct {
	view.Form
	desk.OperatorDetail
}

func (OperatorInvitationPage) Template() string { return "operator_invitation" }

func (p OperatorInvitationPage) crumbs(in *messages.Language) []view.Crumb {
	return operatorCrumbs(in, p.OperatorDetail, in.Text("operators.act.cancel_invitation"))
}

func operatorInvitationPage(o desk.OperatorDetail, f view.Form) view.Page {
	return OperatorInvitationPage{f, o}
}

// getOperatorInvitation asks whether to cancel an invitation.
func (c *call) getOperatorInvitation() error {
	return c.ask(operatorInvitationPage, func(may desk.OperatorRights) bool { return may.Invitation })
}

// postOperatorInvitation sends an invitation again, shows a new link for it once,
// or cancels it.
func (c *call) postOperatorInvitation() error {
	action := c.form.Get("action")
	switch action {
	case "cancel":
		err := c.Desk.CancelInvitation(c.ctx(), c.actor(), c.visit, c.id())
		return c.acted(err, invitationCancelled.at("/operators"), operatorInvitationPage)
	case "resend", "link":
	default:
		return errUnknownAct
	}
	link, err := c.Desk.ResendInvitation(c.ctx(), c.actor(), c.visit, c.id())
	if err != nil || action == "resend" || link == "" {
		return c.acted(err, c.said(operatorInvited), operatorInvitationPage)
	}
	o, err := c.actedOn()
	if err != nil {
		return err
	}
	c.queued = true
	return c.showHandOver(o, link, o.InviteExpiresAt)
}
