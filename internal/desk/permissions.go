package desk

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/postern-go/postern/internal/messages"
)

// Permission is a backoffice.Permission, declared by the host or the library. The words of
// the library's are in English here; [Permission.Title], [Permission.About] and
// [Permission.Area] are for people.
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
	PermissionOperatorsSeeAs   = "operators.see_as"
	PermissionRolesManage      = "roles.manage"
	PermissionParametersManage = "parameters.manage"
	PermissionAuditView        = "audit.view"
	PermissionMailView         = "mail.view"
)

// seeOperators is included in each permission whose pages lead from and back to the
// pages of operators and roles.
var seeOperators = []string{PermissionOperatorsView}

// ownPermissions have their words in the catalogue. Group is what follows "roles.group."
// there.
var ownPermissions = []Permission{
	{Key: PermissionOperatorsView, Group: "people", Roles: []string{RoleAdministrator}},
	{Key: PermissionOperatorsManage, Group: "people", Roles: []string{RoleAdministrator}, Includes: seeOperators},
	{Key: PermissionTwoFactorReset, Group: "people", Roles: []string{RoleAdministrator}, Includes: seeOperators},
	{Key: PermissionOperatorsSeeAs, Group: "people", Roles: []string{RoleAdministrator}, Includes: seeOperators},
	{Key: PermissionRolesManage, Group: "people", Roles: []string{RoleAdministrator}, Includes: seeOperators},
	{Key: PermissionParametersManage, Group: "settings"},
	{Key: PermissionAuditView, Group: "security", Roles: []string{RoleAdministrator}},
	{Key: PermissionMailView, Group: "security", Roles: []string{RoleAdministrator}},
}

// registry is all declared permissions, the library's and the host's.
type registry struct {
	permissions []Permission
	builtIn     []Role
	// includedIn has, for each permission, those that include it.
	includedIn map[string][]string
}

// The headings of permissions, as messages.
const (
	groupPrefix = "roles.group."
	// hostGroup is for the host's permissions that name none.
	hostGroup = groupPrefix + "community"
)

// ownGroups are the keys of the library's headings, by their English texts.
var ownGroups = sync.OnceValue(func() map[string]string {
	groups := map[string]string{messages.English().Text(hostGroup): hostGroup}
	for _, p := range ownPermissions {
		groups[messages.English().Text(groupPrefix+p.Group)] = groupPrefix + p.Group
	}
	return groups
})

// own reports whether the permission is the library's.
func (p Permission) own() bool {
	return slices.ContainsFunc(ownPermissions, func(o Permission) bool { return o.Key == p.Key })
}

// Title is the label of the permission.
func (p Permission) Title() messages.Text {
	if p.own() {
		return messages.New("roles.permission." + p.Key)
	}
	return messages.Host(p.Label)
}

// About is the description of the permission, which the host's may lack.
func (p Permission) About() messages.Text {
	if p.own() {
		return messages.New("roles.permits." + p.Key)
	}
	return messages.Host(p.Description)
}

// Area is the heading of the permission.
func (p Permission) Area() messages.Text {
	if key, ok := ownGroups()[p.Group]; ok {
		return messages.New(key)
	}
	return messages.Host(p.Group)
}

// ownArea reports whether the area is the library's.
func ownArea(area string) bool {
	return slices.ContainsFunc(ownPermissions, func(p Permission) bool { return strings.HasPrefix(p.Key, area+".") })
}

var permissionKey = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$`)

func newRegistry(host []Permission) (registry, error) {
	r := registry{permissions: slices.Concat(ownPermissions, host), includedIn: map[string][]string{}}
	roles := []Role{
		{ID: RoleSuperAdministrator, RequireTwoFactor: true, All: true},
		{ID: RoleAdministrator, RequireTwoFactor: true},
		{ID: RoleCommunityManager},
		{ID: RoleModerator},
	}
	for i := range roles {
		roles[i].BuiltIn = true
		roles[i].Name, roles[i].Description = roles[i].Title().String(), roles[i].About().String()
	}
	for i, p := range ownPermissions {
		p.Label, p.Group, p.Description = p.Title().String(), messages.English().Text(groupPrefix+p.Group), p.About().String()
		r.permissions[i] = p
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
			r.permissions[i].Group = messages.English().Text(hostGroup)
		}
		for i := range roles {
			if slices.Contains(p.Roles, roles[i].ID) || !own && roles[i].ID == RoleAdministrator {
				roles[i].Permissions = append(roles[i].Permissions, p.Key)
			}
		}
	}
	for i := range roles {
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
