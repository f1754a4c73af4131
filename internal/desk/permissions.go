package desk

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Permission is a backoffice.Permission, declared by the host or the library.
type Permission struct {
	Key, Label, Group, Description string
	Roles                          []string
	// Includes are permissions without which this one is of no use: holding it
	// includes them. The host's have none.
	Includes []string
}

// The library's own permissions.
const (
	PermissionOperatorsView    = "operators.view"
	PermissionOperatorsManage  = "operators.manage"
	PermissionTwoFactorReset   = "operators.reset_two_factor"
	PermissionRolesManage      = "roles.manage"
	PermissionParametersManage = "parameters.manage"
	PermissionAuditView        = "audit.view"
	PermissionMailView         = "mail.view"
)

// seeOperators is included in each permission whose pages lead from and back to the
// pages of operators and roles.
var seeOperators = []string{PermissionOperatorsView}

var ownPermissions = []Permission{
	{Key: PermissionOperatorsView, Label: "See operators", Group: "People", Description: "See who has access and with which roles.", Roles: []string{RoleAdministrator}},
	{Key: PermissionOperatorsManage, Label: "Invite and manage operators", Group: "People", Description: "Invite people and change their access, up to one’s own permissions.", Roles: []string{RoleAdministrator}, Includes: seeOperators},
	{Key: PermissionTwoFactorReset, Label: "Reset two-factor authentication", Group: "People", Description: "Remove the authenticator apps of someone who lost their phone.", Roles: []string{RoleAdministrator}, Includes: seeOperators},
	{Key: PermissionRolesManage, Label: "Create and change roles", Group: "People", Description: "Create roles from one’s own permissions, and change what roles allow.", Roles: []string{RoleAdministrator}, Includes: seeOperators},
	{Key: PermissionParametersManage, Label: "Change parameters", Group: "Settings", Description: "Change the office address and all other parameters."},
	{Key: PermissionAuditView, Label: "Read the audit log", Group: "Security", Description: "See who did what, when and from where.", Roles: []string{RoleAdministrator}},
	{Key: PermissionMailView, Label: "See mail delivery", Group: "Security", Description: "See whether emails arrived, without their text, and resend them.", Roles: []string{RoleAdministrator}},
}

// registry is all declared permissions, the library's and the host's.
type registry struct {
	permissions []Permission
	builtIn     []Role
	// includedIn has, for each permission, those that include it.
	includedIn map[string][]string
}

// hostGroup is the heading of the host's permissions that name none.
const hostGroup = "Community"

// ownArea reports whether the area is the library's.
func ownArea(area string) bool {
	return slices.ContainsFunc(ownPermissions, func(p Permission) bool { return strings.HasPrefix(p.Key, area+".") })
}

var permissionKey = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$`)

func newRegistry(host []Permission) (registry, error) {
	r := registry{permissions: slices.Concat(ownPermissions, host), includedIn: map[string][]string{}}
	roles := []Role{
		{ID: RoleSuperAdministrator, Name: "Super-administrator", Description: "Everything, including the office address and the parameters.", RequireTwoFactor: true, All: true},
		{ID: RoleAdministrator, Name: "Administrator", Description: "People and all of the community’s own pages.", RequireTwoFactor: true},
		{ID: RoleCommunityManager, Name: "Community manager", Description: "The pages that run the community."},
		{ID: RoleModerator, Name: "Moderator", Description: "The pages that keep the community in order."},
	}
	var errs []error
	seen := make(map[string]bool)
	for i, p := range r.permissions {
		own := i < len(ownPermissions)
		if !permissionKey.MatchString(p.Key) {
			errs = append(errs, fmt.Errorf("permission %q: must look like area.verb, in lower case", p.Key))
		}
		switch area, _, _ := strings.Cut(p.Key, "."); {
		case !own && ownArea(area):
			errs = append(errs, fmt.Errorf("permission %q: the area %q is reserved for the office; use another word", p.Key, area))
		case seen[p.Key]:
			errs = append(errs, fmt.Errorf("permission %q is declared twice", p.Key))
		}
		seen[p.Key] = true
		for _, included := range p.Includes {
			r.includedIn[included] = append(r.includedIn[included], p.Key)
		}
		for _, id := range p.Roles {
			if !slices.ContainsFunc(roles, func(r Role) bool { return r.ID == id }) {
				errs = append(errs, fmt.Errorf("permission %q: there is no built-in role %q", p.Key, id))
			}
		}
		if strings.TrimSpace(p.Label) == "" {
			errs = append(errs, fmt.Errorf("permission %q: has no label", p.Key))
		}
		if strings.TrimSpace(p.Group) == "" {
			r.permissions[i].Group = hostGroup
		}
		for i := range roles {
			if slices.Contains(p.Roles, roles[i].ID) || !own && roles[i].ID == RoleAdministrator {
				roles[i].Permissions = append(roles[i].Permissions, p.Key)
			}
		}
	}
	for i := range roles {
		roles[i].BuiltIn = true
		slices.Sort(roles[i].Permissions)
		roles[i].Permissions = slices.Compact(roles[i].Permissions)
	}
	r.builtIn = roles
	return r, errors.Join(errs...)
}

func (r registry) has(key string) bool {
	return slices.ContainsFunc(r.permissions, func(p Permission) bool { return p.Key == key })
}

// index returns the place of a built-in role, or -1.
func (r *registry) index(id string) int {
	return slices.IndexFunc(r.builtIn, func(role Role) bool { return role.ID == id })
}

func (r *registry) role(id string) (Role, bool) {
	i := r.index(id)
	if i < 0 {
		return Role{}, false
	}
	return r.builtIn[i], true
}

// HasPermission reports whether a permission was declared.
func (d *Desk) HasPermission(key string) bool { return d.permissions.has(key) }

// Permissions returns all declared permissions, the library's first.
func (d *Desk) Permissions() []Permission { return slices.Clone(d.permissions.permissions) }

// CheckPermissions returns every mistake in the host's permissions.
func CheckPermissions(host []Permission) error {
	_, err := newRegistry(host)
	return err
}

// Declared reports whether a permission is the library's or the host's.
func Declared(host []Permission, key string) bool {
	return slices.ContainsFunc(slices.Concat(ownPermissions, host), func(p Permission) bool { return p.Key == key })
}

// Allowed reports whether roles include a permission: one of them has it, or has
// another that includes it. Nothing else decides that.
func (d *Desk) Allowed(roles []Role, permission string) bool {
	if !d.permissions.has(permission) {
		return false
	}
	return slices.ContainsFunc(roles, func(r Role) bool {
		return r.All || slices.Contains(r.Permissions, permission) ||
			slices.ContainsFunc(d.permissions.includedIn[permission], func(p string) bool { return slices.Contains(r.Permissions, p) })
	})
}

// holdAll reports whether roles together include everything that another role does.
func (d *Desk) holdAll(roles []Role, other Role) bool {
	all := slices.ContainsFunc(roles, func(r Role) bool { return r.All })
	if other.All || all {
		return all
	}
	// A permission that is no longer declared may be declared again.
	return !slices.ContainsFunc(other.Permissions, func(p string) bool { return !d.Allowed(roles, p) })
}
