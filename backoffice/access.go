package backoffice

import (
	"context"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// Invite lets somebody in and returns the one-time link that their mail holds,
// too. An empty name is made of the address, so that nobody else has it. Who is
// invited already gets a new link and these roles.
func (s *Services) Invite(ctx context.Context, email, name string, roles ...string) (link string, err error) {
	err = s.by(ctx, desk.PermissionOperatorsManage, func(a desk.Actor, v desk.Visit) error {
		_, link, err = s.services.Invite(ctx, a, v, desk.InviteForm{Email: email, Name: name, Roles: roles})
		return err
	})
	return link, err
}

// CancelInvitation ends an invitation that nobody has used.
func (s *Services) CancelInvitation(ctx context.Context, who string) error {
	return s.to(ctx, who, desk.PermissionOperatorsManage, func(a desk.Actor, v desk.Visit, o store.Operator) error {
		return s.services.CancelInvitation(ctx, a, v, o.ID)
	})
}

// Grant gives a member of the community access. Without SSO the member signs in
// with the member password at once; under SSO they are mailed a link to make
// one. ErrNotFound says that there is no such member.
func (s *Services) Grant(ctx context.Context, memberID string, roles ...string) error {
	return s.by(ctx, desk.PermissionOperatorsManage, func(a desk.Actor, v desk.Visit) error {
		_, err := s.services.Grant(ctx, a, v, memberID, roles)
		return err
	})
}

// ChangeRoles gives an operator these roles instead of those they have. It binds
// on their next request, and they are told by mail. Without any role they cannot
// sign in.
func (s *Services) ChangeRoles(ctx context.Context, who string, roles ...string) error {
	return s.to(ctx, who, desk.PermissionOperatorsManage, func(a desk.Actor, v desk.Visit, o store.Operator) error {
		return s.services.ChangeRoles(ctx, a, v, o.ID, rolesForm(o, roles))
	})
}

// Disable keeps an operator out: their sessions and links end at once, and they
// are told by mail. The reason goes into the audit.
func (s *Services) Disable(ctx context.Context, who, reason string) error {
	return s.to(ctx, who, desk.PermissionOperatorsManage, func(a desk.Actor, v desk.Visit, o store.Operator) error {
		return s.services.Disable(ctx, a, v, o.ID, reason)
	})
}

// Enable lets a disabled operator in again. One who never chose a password is
// invited again.
func (s *Services) Enable(ctx context.Context, who string) error {
	return s.to(ctx, who, desk.PermissionOperatorsManage, func(a desk.Actor, v desk.Visit, o store.Operator) error {
		return s.services.Enable(ctx, a, v, o.ID)
	})
}

// Delete removes an operator for good, with sessions, links and authenticators.
// Their audit rows stay. They are told by mail; the reason goes into the audit.
func (s *Services) Delete(ctx context.Context, who, reason string) error {
	return s.to(ctx, who, desk.PermissionOperatorsManage, func(a desk.Actor, v desk.Visit, o store.Operator) error {
		return s.services.Delete(ctx, a, v, o.ID, reason)
	})
}

// EndSessions signs an operator out everywhere.
func (s *Services) EndSessions(ctx context.Context, who string) error {
	return s.to(ctx, who, desk.PermissionOperatorsManage, func(a desk.Actor, v desk.Visit, o store.Operator) error {
		return s.services.EndSessions(ctx, a, v, o.ID, "all")
	})
}

// Unlock clears the failures that keep an operator out.
func (s *Services) Unlock(ctx context.Context, who string) error {
	return s.to(ctx, who, desk.PermissionOperatorsManage, func(a desk.Actor, v desk.Visit, o store.Operator) error {
		return s.services.Unlock(ctx, a, v, o.ID)
	})
}

// ResetTwoFactor removes an operator's authenticators and recovery codes and
// ends their sessions; at the next sign-in they see a new QR code. They are told
// by mail; the reason, which must be given, goes into the audit.
func (s *Services) ResetTwoFactor(ctx context.Context, who, reason string) error {
	return s.to(ctx, who, desk.PermissionTwoFactorReset, func(a desk.Actor, v desk.Visit, o store.Operator) error {
		return s.services.ResetTwoFactor(ctx, a, v, o.ID, reason)
	})
}

// SendReset mails an operator a link to a new password. ErrElsewhere says that
// the password is the community's.
func (s *Services) SendReset(ctx context.Context, who string) error {
	return s.to(ctx, who, desk.PermissionOperatorsManage, func(a desk.Actor, v desk.Visit, o store.Operator) error {
		return s.services.SendReset(ctx, a, v, o.ID)
	})
}

// PasswordLink makes a one-time link to a new password for handing over, and
// says when it ends. Older ones end at once. Two-factor authentication is asked
// for there, too. ErrElsewhere says that the password is the community's,
// ErrChanged that the operator is not active.
func (s *Services) PasswordLink(ctx context.Context, who string) (link string, expires time.Time, err error) {
	err = s.to(ctx, who, desk.PermissionOperatorsManage, func(a desk.Actor, v desk.Visit, o store.Operator) (err error) {
		link, expires, err = s.services.PasswordLink(ctx, a, v, o.ID)
		return err
	})
	return link, expires, err
}
