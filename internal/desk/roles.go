package desk

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/store"
)

// Permission is something an operator may do. The library declares those for
// its own pages, the host declares the rest.
type Permission struct {
	// Key is lower case, area before the dot: "analytics.view". The areas
	// operators, roles, parameters, audit and mail are the library's.
	Key string
	// Label is what people read where roles are made, Group the heading it stands
	// under ("Community" when empty), Description a line more.
	Label, Group, Description string
	// Roles are built-in roles that have it from the start. Super-administrators
	// and administrators have every permission of the host's without being
	// named.
	Roles []string
	// includes are permissions without which this one is of no use. Who holds
	// it holds them.
	includes []string
}

// Includes are permissions that come with this one: who holds it holds them,
// because it is of no use without.
func (p Permission) Includes() []string { return slices.Clone(p.includes) }

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

// seeOperators comes with each permission whose pages lead from and back to the
// pages of operators and roles.
var seeOperators = []string{PermissionOperatorsView}

var ownPermissions = []Permission{
	{Key: PermissionOperatorsView, Label: "See operators", Group: "People", Description: "See who has access and with which roles.", Roles: []string{RoleAdministrator}},
	{Key: PermissionOperatorsManage, Label: "Invite and manage operators", Group: "People", Description: "Invite people and change what they may do, up to one’s own rights.", Roles: []string{RoleAdministrator}, includes: seeOperators},
	{Key: PermissionTwoFactorReset, Label: "Reset two-factor authentication", Group: "People", Description: "Remove the authenticators of somebody who lost their phone.", Roles: []string{RoleAdministrator}, includes: seeOperators},
	{Key: PermissionRolesManage, Label: "Make and change roles", Group: "People", Description: "Make roles of one’s own permissions, and change who may do what.", Roles: []string{RoleAdministrator}, includes: seeOperators},
	{Key: PermissionParametersManage, Label: "Change parameters", Group: "Settings", Description: "Change the office’s address and its rules."},
	{Key: PermissionAuditView, Label: "Read the audit", Group: "Security", Description: "See who did what, when and from where.", Roles: []string{RoleAdministrator}},
	{Key: PermissionMailView, Label: "See mail delivery", Group: "Security", Description: "See whether mails arrived, without their text, and send them again.", Roles: []string{RoleAdministrator}},
}

// The built-in roles.
const (
	RoleSuperAdministrator = store.RoleSuperAdministrator
	RoleAdministrator      = "administrator"
	RoleCommunityManager   = "community-manager"
	RoleModerator          = "moderator"
)

// Role is a role as the office knows it, built in or custom.
type Role struct {
	ID, Name, Description string
	BuiltIn               bool
	// Version is that of a custom role as it was read.
	Version int64
	// RequireTwoFactor asks holders for a second factor where the parameter
	// says "roles that say so".
	RequireTwoFactor bool
	// Permissions are keys; All stands for every one there is.
	Permissions []string
	All         bool
}

// registry is the permissions declared, own and host's.
type registry struct {
	permissions []Permission
	builtIn     []Role
	// includedIn are, for a permission, those that it comes with.
	includedIn map[string][]string
}

// hostGroup is the heading over permissions of the host's that name none.
const hostGroup = "Community"

// ownArea says whether permissions of the library's begin with the word.
func ownArea(area string) bool {
	return slices.ContainsFunc(ownPermissions, func(p Permission) bool { return strings.HasPrefix(p.Key, area+".") })
}

var permissionKey = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$`)

func newRegistry(host []Permission) (registry, error) {
	r := registry{permissions: slices.Concat(ownPermissions, host), includedIn: map[string][]string{}}
	roles := []Role{
		{ID: RoleSuperAdministrator, Name: "Super-administrator", Description: "Everything, including the address and the rules of the office.", RequireTwoFactor: true, All: true},
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
			errs = append(errs, fmt.Errorf("permission %q: the area %q is the office's own, now and for what it may get; use another word", p.Key, area))
		case seen[p.Key]:
			errs = append(errs, fmt.Errorf("permission %q is declared twice", p.Key))
		}
		seen[p.Key] = true
		for _, included := range p.includes {
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

func (r registry) role(id string) (Role, bool) {
	i := slices.IndexFunc(r.builtIn, func(role Role) bool { return role.ID == id })
	if i < 0 {
		return Role{}, false
	}
	return r.builtIn[i], true
}

// HasPermission says whether a permission was declared.
func (d *Desk) HasPermission(key string) bool { return d.permissions.has(key) }

// Permissions are all that were declared, the library's own first.
func (d *Desk) Permissions() []Permission { return slices.Clone(d.permissions.permissions) }

// BuiltInRoles are the roles that every office has.
func (d *Desk) BuiltInRoles() []Role { return slices.Clone(d.permissions.builtIn) }

// RolesOf resolves an operator's roles; ids that mean nothing any more give
// nothing.
func (d *Desk) RolesOf(o store.Operator, custom []store.Role) []Role {
	var roles []Role
	for _, id := range o.AllRoles() {
		if role, ok := d.permissions.role(id); ok {
			roles = append(roles, role)
			continue
		}
		if i := slices.IndexFunc(custom, func(r store.Role) bool { return r.ID == id }); i >= 0 {
			roles = append(roles, CustomRole(custom[i]))
		}
	}
	return roles
}

// CustomRole is a stored role as the office knows it.
func CustomRole(r store.Role) Role {
	return Role{ID: r.ID, Version: r.Version, Name: r.Name, Description: r.Description, RequireTwoFactor: r.RequireTwoFactor, Permissions: r.Permissions}
}

// Allowed is the one place that decides whether roles reach a permission:
// because one of them holds it, or another one that includes it.
func (d *Desk) Allowed(roles []Role, permission string) bool {
	if !d.permissions.has(permission) {
		return false
	}
	return slices.ContainsFunc(roles, func(r Role) bool {
		return r.All || slices.Contains(r.Permissions, permission) ||
			slices.ContainsFunc(d.permissions.includedIn[permission], func(p string) bool { return slices.Contains(r.Permissions, p) })
	})
}

// holdAll says whether roles together hold all that another one does.
func (d *Desk) holdAll(roles []Role, other Role) bool {
	all := slices.ContainsFunc(roles, func(r Role) bool { return r.All })
	if other.All || all {
		return all
	}
	// A permission that nobody declares any more may be declared again.
	return !slices.ContainsFunc(other.Permissions, func(p string) bool { return !d.Allowed(roles, p) })
}

// MustHaveTwoFactor applies the rule in force to somebody's roles.
func MustHaveTwoFactor(rule settings.TwoFactorRule, roles []Role) bool {
	switch rule {
	case settings.TwoFactorRecommended:
		return false
	case settings.TwoFactorRoles:
		return slices.ContainsFunc(roles, func(r Role) bool { return r.RequireTwoFactor })
	}
	return true
}

// CheckPermissions reports every mistake in the host's permissions.
func CheckPermissions(host []Permission) error {
	_, err := newRegistry(host)
	return err
}

// Declared says whether a permission is one of the library's or of the host's.
func Declared(host []Permission, key string) bool {
	return slices.ContainsFunc(slices.Concat(ownPermissions, host), func(p Permission) bool { return p.Key == key })
}

// Actor is who asks for something: an operator in a session, the command line,
// or host code. The zero Actor may do nothing.
type Actor struct {
	ID, Name string
	can      func(permission string) bool
	has      func(role Role) bool
	proved   func() bool
	// version is the operator's, as of when their rights were read, session the
	// session they act in.
	version int64
	session string
	// depends is what else must still be as it was read.
	depends []store.Write
}

// Can says whether the actor has the permission.
func (a Actor) Can(permission string) bool { return a.can != nil && a.can(permission) }

// May says whether the actor may change something: ErrForbidden without the
// permission, ErrStepUp when they did not prove who they are a moment ago.
func (a Actor) May(permission string) error {
	switch {
	case !a.Can(permission):
		return ErrForbidden
	case a.proved == nil || !a.proved():
		return ErrStepUp
	}
	return nil
}

// CanGrant says whether the actor may give the role: only what they hold
// themselves, all of it.
func (a Actor) CanGrant(role Role) bool { return a.has != nil && a.has(role) }

// Still begins every commit for an actor: it makes it depend on the operator,
// and the custom roles that gave them their rights, being as they were when those
// were read, so that one who is disabled, or loses a right in whatever way,
// changes nothing any more. The command line is no operator.
func (a Actor) Still(writes ...store.Write) []store.Write {
	var all []store.Write
	if a.ID != ActorCommandLine {
		all = append(all, store.CheckOperator{ID: a.ID, Version: a.version})
	}
	return slices.Concat(all, a.depends, writes)
}

// DependOn adds to Still that somebody the actor was found to be allowed to act
// on, with these roles, is as they were then.
func (a *Actor) DependOn(o store.Operator, roles ...Role) {
	a.depends = append(slices.Clip(a.depends), store.CheckOperator{ID: o.ID, Version: o.Version})
	a.DependOnRoles(roles...)
}

// DependOnRoles adds that roles which the actor was found to hold are as they
// were then. Built-in ones are always.
func (a *Actor) DependOnRoles(roles ...Role) {
	for _, r := range roles {
		if !r.BuiltIn {
			a.depends = append(slices.Clip(a.depends), store.CheckRole{ID: r.ID, Version: r.Version})
		}
	}
}

// CommandLine is whoever has a shell on the server, and with it the database
// and the master secret: they may do everything.
func CommandLine() Actor {
	return Actor{
		ID: ActorCommandLine, Name: "Command line",
		can:    func(string) bool { return true },
		has:    func(Role) bool { return true },
		proved: func() bool { return true },
	}
}
