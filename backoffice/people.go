package backoffice

import (
	"context"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/admin"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// OperatorRow is one operator of the list.
type OperatorRow struct {
	ID, Name, Email string
	// Roles are names, the primary one first.
	Roles []string
	// State is invited, expired, active, locked or disabled.
	State        string
	TwoFactor    bool
	LastActiveAt time.Time
	// MemberID is the member of the community that the operator is; empty for
	// one who stands alone.
	MemberID string
	// RoleIDs are the ids of the roles, the primary one first.
	RoleIDs []string
}

// String is name and address.
func (o OperatorRow) String() string { return o.Name + " (" + o.Email + ")" }

// rowOf is the row of an operator whose page would be shown.
func rowOf(o admin.Detail) OperatorRow {
	row := OperatorRow{
		ID: o.ID, Name: o.Name, Email: o.Email, MemberID: o.MemberID, RoleIDs: o.AllRoles(),
		State: string(o.Show), TwoFactor: o.Factors > 0, LastActiveAt: o.LastActiveAt,
	}
	for _, r := range o.Roles {
		row.Roles = append(row.Roles, r.Name)
	}
	return row
}

// Operators lists all operators by name.
func (s *Services) Operators(ctx context.Context) (rows []OperatorRow, err error) {
	err = s.by(ctx, desk.PermissionOperatorsView, func(a desk.Actor, _ desk.Visit) (err error) {
		rows, err = s.listOperators(ctx, a, store.OperatorQuery{})
		return err
	})
	return rows, err
}

// operatorsAtOnce is how many operators are read at once.
const operatorsAtOnce = 200

// listOperators lists those that a query selects, at most q.Limit of them; zero
// is all.
func (s *Services) listOperators(ctx context.Context, a desk.Actor, q store.OperatorQuery) ([]OperatorRow, error) {
	var rows []OperatorRow
	most := q.Limit
	q.After = nil
	for {
		q.Limit = operatorsAtOnce
		if most > 0 {
			q.Limit = min(q.Limit, most-len(rows))
		}
		list, err := s.services.Operators(ctx, a, q)
		if err != nil {
			return nil, err
		}
		for _, o := range list {
			rows = append(rows, OperatorRow{
				ID: o.ID, Name: o.Name, Email: o.Email, MemberID: o.MemberID, Roles: o.Roles, RoleIDs: o.RoleIDs,
				State: string(o.Show), TwoFactor: o.TwoFactor, LastActiveAt: o.LastActiveAt,
			})
			q.After = &o.Cursor
		}
		if len(list) < q.Limit || len(rows) == most {
			return rows, nil
		}
	}
}

// Operator finds one operator.
func (s *Services) Operator(ctx context.Context, who string) (OperatorRow, error) {
	var row OperatorRow
	err := s.by(ctx, desk.PermissionOperatorsView, func(a desk.Actor, _ desk.Visit) error {
		o, err := s.services.Operator(ctx, a, who)
		if err != nil {
			return err
		}
		row = rowOf(o)
		return nil
	})
	return row, err
}

// Role is a role that can be given.
type Role struct {
	ID, Name, Description string
	// BuiltIn roles are the same in every office.
	BuiltIn bool
	// RequireTwoFactor asks holders for a second factor where the parameter
	// two_factor.who says "roles".
	RequireTwoFactor bool
	// Permissions are keys.
	Permissions []string
}

// Roles lists the roles that whoever acts may give, the built-in ones first.
func (s *Services) Roles(ctx context.Context) ([]Role, error) {
	var roles []Role
	err := s.by(ctx, desk.PermissionOperatorsView, func(a desk.Actor, _ desk.Visit) error {
		if !a.Can(desk.PermissionOperatorsView) {
			return ErrForbidden
		}
		may, err := s.services.GrantableRoles(ctx, a)
		for _, r := range may {
			role := Role{r.ID, r.Name, r.Description, r.BuiltIn, r.RequireTwoFactor, slices.Clone(r.Permissions)}
			if r.All {
				role.Permissions = nil
				for _, p := range s.services.Permissions() {
					role.Permissions = append(role.Permissions, p.Key)
				}
			}
			roles = append(roles, role)
		}
		return err
	})
	return roles, err
}

// Invite lets somebody in and returns the one-time link that their mail holds,
// too. An empty name is made of the address, so that nobody else has it. Who is
// invited already gets a new link and these roles.
func (s *Services) Invite(ctx context.Context, email, name string, roles ...string) (link string, err error) {
	err = s.by(ctx, desk.PermissionOperatorsManage, func(a desk.Actor, v desk.Visit) error {
		_, link, err = s.services.Invite(ctx, a, v, admin.InviteForm{Email: email, Name: name, Roles: roles})
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
