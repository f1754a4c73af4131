package desk

import (
	"context"
	"fmt"
	"slices"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/store"
)

// The built-in roles.
const (
	RoleSuperAdministrator = store.RoleSuperAdministrator
	RoleAdministrator      = "administrator"
	RoleCommunityManager   = "community-manager"
	RoleModerator          = "moderator"
)

// Role is a role as the office knows it, built in or custom. The name and the description
// of a built-in one are in English here; [Role.Title] and [Role.About] are for people.
type Role struct {
	ID, Name, Description string
	BuiltIn               bool
	// Version is the version of a custom role as it was read; zero for a built-in
	// one.
	Version int64
	// RequireTwoFactor requires two-factor authentication of holders if the
	// parameter leaves that to roles.
	RequireTwoFactor bool
	// RequirePasskey requires a passkey of holders, whatever the parameter says.
	RequirePasskey bool
	// Permissions are keys; All means every permission.
	Permissions []string
	All         bool
}

// Title is the name of the role.
func (r Role) Title() messages.Text {
	if r.BuiltIn {
		return messages.New("roles.name." + r.ID)
	}
	return messages.Plain(r.Name)
}

// About is the description of the role, which a custom one may lack.
func (r Role) About() messages.Text {
	if r.BuiltIn {
		return messages.New("roles.about." + r.ID)
	}
	return messages.Plain(r.Description)
}

// BuiltInRoles returns the roles that every office has.
func (d *Desk) BuiltInRoles() []Role { return slices.Clone(d.permissions.builtIn) }

// AllRoles returns the built-in roles, then the custom ones by name.
func (d *Desk) AllRoles(ctx context.Context) ([]Role, error) {
	custom, err := d.Store.ListRoles(ctx)
	if err != nil {
		return nil, fmt.Errorf("list roles: %w", err)
	}
	all := d.BuiltInRoles()
	for _, r := range custom {
		all = append(all, customRole(r))
	}
	return all, nil
}

// CountHolders returns how many operators have each role.
func (d *Desk) CountHolders(ctx context.Context, a Actor) (map[string]int, error) {
	if !a.Can(PermissionOperatorsView) {
		return nil, ErrForbidden
	}
	holders, err := d.Store.CountHolders(ctx)
	if err != nil {
		return nil, fmt.Errorf("count holders: %w", err)
	}
	return holders, nil
}

// GrantableRoles returns the roles that the actor may give.
func (d *Desk) GrantableRoles(ctx context.Context, a Actor) ([]Role, error) {
	if !a.Can(PermissionOperatorsView) {
		return nil, ErrForbidden
	}
	all, err := d.AllRoles(ctx)
	if err != nil {
		return nil, err
	}
	var may []Role
	for _, r := range all {
		if a.CanGrant(r) {
			may = append(may, r)
		}
	}
	return may, nil
}

// rolesOf resolves an operator's roles. IDs of roles that no longer exist are left
// out.
func (d *Desk) rolesOf(primary string, additional []string, custom []store.Role) []Role {
	builtIn := d.permissions.builtIn
	if i := d.permissions.index(primary); i >= 0 && len(additional) == 0 {
		return builtIn[i : i+1 : i+1] // as nearly everyone has it
	}
	roles := make([]Role, 0, 1+len(additional))
	for n := -1; n < len(additional); n++ {
		id := primary
		if n >= 0 {
			id = additional[n]
		}
		if i := d.permissions.index(id); i >= 0 {
			roles = append(roles, builtIn[i])
			continue
		}
		if i := slices.IndexFunc(custom, func(r store.Role) bool { return r.ID == id }); i >= 0 {
			roles = append(roles, customRole(custom[i]))
		}
	}
	return roles
}

// customRole is a stored role as the office knows it.
func customRole(r store.Role) Role {
	return Role{ID: r.ID, Version: r.Version, Name: r.Name, Description: r.Description, RequireTwoFactor: r.RequireTwoFactor, RequirePasskey: r.RequirePasskey, Permissions: r.Permissions}
}

// loadRoles resolves an operator's roles outside a session.
func (d *Desk) loadRoles(ctx context.Context, o store.Operator) ([]Role, error) {
	custom, err := d.Store.ListRoles(ctx)
	if err != nil {
		return nil, fmt.Errorf("list roles: %w", err)
	}
	return d.rolesOf(o.PrimaryRole, o.Roles, custom), nil
}

// mustHaveTwoFactor reports whether the rule requires two-factor authentication of
// someone with the roles.
func mustHaveTwoFactor(rule settings.TwoFactorRule, roles []Role) bool {
	switch rule {
	case settings.TwoFactorRecommended:
		return false
	case settings.TwoFactorRoles:
		return slices.ContainsFunc(roles, func(r Role) bool { return r.RequireTwoFactor })
	}
	return true
}

// FindRole returns a role, built in or custom.
func (d *Desk) FindRole(ctx context.Context, a Actor, id string) (Role, error) {
	if !a.Can(PermissionOperatorsView) {
		return Role{}, ErrForbidden
	}
	if r, ok := d.permissions.role(id); ok {
		return r, nil
	}
	r, err := d.findCustomRole(ctx, id)
	return customRole(r), err
}

func (d *Desk) findCustomRole(ctx context.Context, id string) (store.Role, error) {
	if !lookableIfSet(id) {
		return store.Role{}, ErrNotFound
	}
	r, err := d.Store.FindRole(ctx, id)
	if isNotFound(err) {
		return store.Role{}, ErrNotFound
	}
	if err != nil {
		return store.Role{}, fmt.Errorf("find role: %w", err)
	}
	return r, nil
}

// names says the names of roles.
func names(in *messages.Language, roles []Role) []string {
	var out []string
	for _, r := range roles {
		out = append(out, in.Say(r.Title()))
	}
	return out
}

func titles(roles []Role) []messages.Text {
	var out []messages.Text
	for _, r := range roles {
		out = append(out, r.Title())
	}
	return out
}

// RegisteredUser is shown instead of a role if there is none.
func RegisteredUser() messages.Text { return messages.New("roles.registered") }

func roleTitle(roles []Role, id string) messages.Text {
	for _, r := range roles {
		if r.ID == id {
			return r.Title()
		}
	}
	return RegisteredUser()
}
