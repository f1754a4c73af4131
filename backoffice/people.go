package backoffice

import (
	"context"
	"slices"
	"time"

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
func rowOf(o desk.Detail) OperatorRow {
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
		for _, o := range list.Rows {
			rows = append(rows, OperatorRow{
				ID: o.ID, Name: o.Name, Email: o.Email, MemberID: o.MemberID, Roles: o.Roles, RoleIDs: o.RoleIDs,
				State: string(o.Show), TwoFactor: o.TwoFactor, LastActiveAt: o.LastActiveAt,
			})
		}
		if list.Next == nil || most > 0 && len(rows) == most {
			return rows, nil
		}
		q.After = list.Next
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

// RoleChange is what other roles mean for somebody, in words. The zero
// RoleChange is no change.
type RoleChange struct {
	// PrimaryBefore and PrimaryAfter are set where the primary role changes.
	PrimaryBefore, PrimaryAfter string
	// Added and Removed are roles, Gains and Loses the permissions that follow.
	Added, Removed, Gains, Loses []string
	// TwoFactor says that two-factor authentication becomes a must.
	TwoFactor bool
}

// PreviewRoles says what [Services.ChangeRoles] would change.
func (s *Services) PreviewRoles(ctx context.Context, who string, roles ...string) (RoleChange, error) {
	var change RoleChange
	err := s.to(ctx, who, desk.PermissionOperatorsManage, func(a desk.Actor, _ desk.Visit, o store.Operator) error {
		c, err := s.services.PreviewRoles(ctx, a, o.ID, rolesForm(o, roles))
		change = RoleChange{c.PrimaryBefore, c.PrimaryAfter, c.Added, c.Removed, c.Gains, c.Loses, c.TwoFactor}
		return err
	})
	return change, err
}

// rolesForm is roles as the office's page about them gives them.
func rolesForm(o store.Operator, roles []string) desk.RolesForm {
	f := desk.RolesForm{Version: o.Version}
	if len(roles) > 0 {
		f.Primary, f.Roles = roles[0], roles[1:]
	}
	return f
}
