package backoffice

import (
	"context"
	"slices"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// operatorsAtOnce is how many operators are read at once.
const operatorsAtOnce = 200

// Operators returns all operators by name. It requires the permission
// operators.view; without operators.manage or operators.reset_two_factor, email
// addresses are masked.
func (s *Services) Operators(ctx context.Context) ([]Operator, error) {
	var operators []Operator
	err := s.by(ctx, desk.PermissionOperatorsView, func(a desk.Actor, _ desk.Visit) error {
		for q := (store.OperatorQuery{Limit: operatorsAtOnce}); ; {
			list, err := s.services.Operators(ctx, a, q)
			if err != nil {
				return err
			}
			for _, o := range list.Rows {
				operators = append(operators, s.operator(o))
			}
			if q.After = list.Next; q.After == nil {
				return nil
			}
		}
	})
	return operators, err
}

// Operator returns one operator, as [Services.Operators] does.
func (s *Services) Operator(ctx context.Context, operator string) (Operator, error) {
	var found Operator
	err := s.by(ctx, desk.PermissionOperatorsView, func(a desk.Actor, _ desk.Visit) error {
		o, err := s.services.Operator(ctx, a, operator)
		if err == nil {
			found = s.operator(o.Operator)
		}
		return err
	})
	return found, err
}

func (s *Services) operator(o desk.Operator) Operator {
	return Operator{
		ID: o.ID, Name: o.Name, Email: o.Email, MemberID: o.MemberID, Roles: o.RoleIDs,
		State: string(o.Show), TwoFactor: o.TwoFactor, LastActiveAt: o.LastActiveAt,
		can: func(permission string) bool { return s.services.Allowed(o.Roles, permission) },
	}
}

// The ids of the built-in roles.
const (
	SuperAdministrator = "super-administrator"
	Administrator      = "administrator"
	CommunityManager   = "community-manager"
	Moderator          = "moderator"
)

// Role is a named set of permissions.
type Role struct {
	ID, Name, Description string
	// BuiltIn means that the role is the same in every office.
	BuiltIn bool
	// RequireTwoFactor means that holders must have two-factor authentication if
	// the parameter two_factor.who is "roles".
	RequireTwoFactor bool
	// RequirePasskey means that holders must use a passkey.
	RequirePasskey bool
	// Permissions are keys.
	Permissions []string
}

// Roles returns the roles that the actor can give, the built-in ones first. It
// requires the permission operators.view.
func (s *Services) Roles(ctx context.Context) ([]Role, error) {
	var roles []Role
	err := s.by(ctx, desk.PermissionOperatorsView, func(a desk.Actor, _ desk.Visit) error {
		grantable, err := s.services.GrantableRoles(ctx, a)
		roles = each(grantable, func(r desk.Role) Role {
			role := Role{r.ID, r.Name, r.Description, r.BuiltIn, r.RequireTwoFactor, r.RequirePasskey, slices.Clone(r.Permissions)}
			if r.All {
				role.Permissions = each(s.services.Permissions(), func(p desk.Permission) string { return p.Key })
			}
			return role
		})
		return err
	})
	return roles, err
}

// RoleChange is what other roles change for an operator, in names for people.
// The zero RoleChange is no change.
type RoleChange struct {
	// PrimaryBefore and PrimaryAfter are set if the primary role changes.
	PrimaryBefore, PrimaryAfter string
	// Added and Removed are additional roles, Gains and Loses the permissions that
	// follow.
	Added, Removed, Gains, Loses []string
	// TwoFactorRequired means that two-factor authentication becomes mandatory.
	TwoFactorRequired bool
}

// PreviewRoles returns what [Services.ChangeRoles] would change, and changes
// nothing.
func (s *Services) PreviewRoles(ctx context.Context, operator string, roles ...string) (RoleChange, error) {
	var change RoleChange
	err := s.to(ctx, operator, desk.PermissionOperatorsManage, func(a desk.Actor, _ desk.Visit, o store.Operator) error {
		c, err := s.services.PreviewRoles(ctx, a, o.ID, rolesForm(o, roles))
		change = RoleChange{c.PrimaryBefore.String(), c.PrimaryAfter.String(), each(c.Added, messages.Text.String), each(c.Removed, messages.Text.String), each(c.Gains, messages.Text.String), each(c.Loses, messages.Text.String), c.TwoFactor}
		return err
	})
	return change, err
}

// rolesForm is roles as the office's page about them posts them.
func rolesForm(o store.Operator, roles []string) desk.RolesForm {
	f := desk.RolesForm{Version: o.Version}
	if len(roles) > 0 {
		f.Primary, f.Roles = roles[0], roles[1:]
	}
	return f
}
