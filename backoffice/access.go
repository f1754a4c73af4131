package backoffice

import (
	"context"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// Invite invites someone by email and returns the one-time link that the email
// also holds. If name is empty, a free one is made from the email address. If
// the person already has an invitation, they get a new link and these roles. The
// link is empty for a member who was invited under SSO, if that is off now.
func (s *Services) Invite(ctx context.Context, email, name string, roles ...string) (link string, err error) {
	err = s.by(ctx, desk.PermissionOperatorsManage, func(a desk.Actor, v desk.Visit) (err error) {
		_, link, err = s.services.Invite(ctx, a, v, desk.InviteForm{Email: email, Name: name, Roles: roles})
		return err
	})
	return link, err
}

// CancelInvitation cancels an invitation that has not been accepted.
func (s *Services) CancelInvitation(ctx context.Context, operator string) error {
	return s.do(ctx, operator, desk.PermissionOperatorsManage, s.services.CancelInvitation)
}

// Grant gives a member of the community access. Without SSO the member can sign
// in at once, with the community's password; with SSO they get an email with a
// link to choose one. Their name in the office is derived from their name in the
// community. Grant returns ErrNotFound if the member does not exist.
func (s *Services) Grant(ctx context.Context, memberID string, roles ...string) error {
	return s.by(ctx, desk.PermissionOperatorsManage, func(a desk.Actor, v desk.Visit) error {
		_, err := s.services.Grant(ctx, a, v, memberID, roles)
		return err
	})
}

// ChangeRoles replaces an operator's roles and tells them by email. It takes
// effect on their next request. An operator without a role cannot sign in.
func (s *Services) ChangeRoles(ctx context.Context, operator string, roles ...string) error {
	return s.to(ctx, operator, desk.PermissionOperatorsManage, func(a desk.Actor, v desk.Visit, o store.Operator) error {
		return s.services.ChangeRoles(ctx, a, v, o.ID, rolesForm(o, roles))
	})
}

// Disable ends an operator's sessions and one-time links, keeps them from
// signing in, and tells them by email. The audit log keeps the reason.
func (s *Services) Disable(ctx context.Context, operator, reason string) error {
	return s.do(ctx, operator, desk.PermissionOperatorsManage, with(s.services.Disable, reason))
}

// Enable lets a disabled operator sign in again. One who never chose a password
// gets a new invitation. If the last day of their access has passed, it returns an
// *InvalidError: EnableUntil chooses another.
func (s *Services) Enable(ctx context.Context, operator string) error {
	return s.do(ctx, operator, desk.PermissionOperatorsManage, s.services.Enable)
}

// Delete deletes an operator with their sessions, one-time links and
// authenticator apps, and tells them by email. Their audit entries stay. The
// audit log keeps the reason.
func (s *Services) Delete(ctx context.Context, operator, reason string) error {
	return s.do(ctx, operator, desk.PermissionOperatorsManage, with(s.services.Delete, reason))
}

// EndSessions signs an operator out on every device.
func (s *Services) EndSessions(ctx context.Context, operator string) error {
	return s.do(ctx, operator, desk.PermissionOperatorsManage, with(s.services.EndSessions, "all"))
}

// EndAllSessions signs everyone out on every device, including the actor. It requires
// the permission parameters.manage, and a reason, which the audit log keeps.
func (s *Services) EndAllSessions(ctx context.Context, reason string) error {
	return s.by(ctx, desk.PermissionParametersManage, func(a desk.Actor, v desk.Visit) error {
		return s.services.EndAllSessions(ctx, a, v, reason)
	})
}

// Unlock clears the failed attempts that keep an operator from signing in.
func (s *Services) Unlock(ctx context.Context, operator string) error {
	return s.do(ctx, operator, desk.PermissionOperatorsManage, s.services.Unlock)
}

// ResetTwoFactor removes an operator's authenticator apps and recovery codes,
// ends their sessions and tells them by email. Their next sign-in shows a new QR
// code. The reason is required; the audit log keeps it.
func (s *Services) ResetTwoFactor(ctx context.Context, operator, reason string) error {
	return s.do(ctx, operator, desk.PermissionTwoFactorReset, with(s.services.ResetTwoFactor, reason))
}

// RequireNewPassword marks an operator's password as compromised: it ends their
// sessions, and their next sign-in leads only to the page that changes the password.
// It tells them by email; the audit log keeps the reason. It returns ErrElsewhere if
// they sign in with the community's password, and ErrChanged if they are not active
// or must change it already.
func (s *Services) RequireNewPassword(ctx context.Context, operator, reason string) error {
	return s.do(ctx, operator, desk.PermissionOperatorsManage, with(s.services.RequireNewPassword, reason))
}

// SendResetLink sends an operator an email with a link to choose a new password.
// It returns ErrElsewhere if they sign in with the community's password.
func (s *Services) SendResetLink(ctx context.Context, operator string) error {
	return s.do(ctx, operator, desk.PermissionOperatorsManage, s.services.SendReset)
}

// CreateResetLink returns a one-time link with which an operator chooses a new
// password, to hand over, and when it expires. Older links stop working. The
// page behind the link asks for an authenticator code if the operator has one.
// CreateResetLink returns ErrElsewhere if they sign in with the community's
// password, and ErrChanged if they are not active.
func (s *Services) CreateResetLink(ctx context.Context, operator string) (link string, expires time.Time, err error) {
	err = s.to(ctx, operator, desk.PermissionOperatorsManage, func(a desk.Actor, v desk.Visit, o store.Operator) (err error) {
		link, expires, err = s.services.PasswordLink(ctx, a, v, o.ID)
		return err
	})
	return link, expires, err
}

// Message is an email of yours to an operator, in plain text. The office gives it
// the layout of its own emails, a greeting, and a line that says why it came, all in the
// operator's language. A text that is the key of a message in the catalogue is said by it.
type Message struct {
	// Subject has at most 120 characters. The office's name is put in front of it.
	// Required.
	Subject string
	// Paragraphs are the text, together at most 16 KiB. Required.
	Paragraphs []string
	// Button is the label of a button, and Path is where it leads inside the
	// office, percent-encoded: "/orders/17". Set both or neither.
	Button, Path string
}

// SendMessage queues an email to an active operator; the office's page about mail
// shows its delivery. It requires the permission operators.manage and counts like
// an invitation, of which an operator can send 60 an hour. The audit log keeps
// the subject. SendMessage returns ErrChanged if the operator is not active.
func (s *Services) SendMessage(ctx context.Context, operator string, m Message) error {
	return s.do(ctx, operator, desk.PermissionOperatorsManage, with(s.services.Send, desk.Message(m)))
}
