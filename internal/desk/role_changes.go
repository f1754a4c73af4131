package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/line"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// maxDescription is the length of a role's description in characters.
const maxDescription = 200

// RoleForm is a custom role as a form gives it.
type RoleForm struct {
	// Version is the role's version when the form was shown; zero for a new role.
	Version           int64
	Name, Description string
	RequireTwoFactor  bool
	RequirePasskey    bool
	// Permissions are keys.
	Permissions []string
}

// custom returns a custom role that the actor may change: they hold all of it, and
// at least what each of its holders holds.
func (d *Desk) custom(ctx context.Context, a Actor, id string, version int64) (store.Role, error) {
	if err := a.may(PermissionRolesManage); err != nil {
		return store.Role{}, err
	}
	r, err := d.findCustomRole(ctx, id)
	switch {
	case err != nil:
		return store.Role{}, err
	case !a.CanGrant(customRole(r)):
		return store.Role{}, ErrForbidden
	case r.Version != version:
		return store.Role{}, ErrChanged
	}
	return r, d.reachesHolders(ctx, a, id)
}

// reachesHolders returns ErrForbidden if a holder of the role holds more than the
// actor: changing the role changes its holders.
func (d *Desk) reachesHolders(ctx context.Context, a Actor, role string) error {
	if a.CanGrant(Role{All: true}) {
		return nil
	}
	custom, err := d.Store.ListRoles(ctx)
	if err != nil {
		return fmt.Errorf("list roles: %w", err)
	}
	return d.eachOperator(ctx, store.OperatorQuery{RoleID: role}, func(o store.Operator) error {
		if !reaches(a, o.AllRoles(), d.rolesOf(o.PrimaryRole, o.Roles, custom)) {
			return ErrForbidden
		}
		return nil
	})
}

// fillRole applies a form to a role, or returns what is wrong with it.
func (d *Desk) fillRole(a Actor, r *store.Role, f RoleForm) error {
	bad := &InvalidError{}
	r.Name = cleanName("name", f.Name, bad)
	r.NameKey = NameKey(r.Name)
	r.Description = strings.Join(strings.Fields(f.Description), " ")
	if utf8.RuneCountInString(r.Description) > maxDescription {
		bad.Add("description", "too_long", messages.New("names.too_long", "n", maxDescription))
	} else if err := line.Check(r.Description, 4*maxDescription); r.Description != "" && err != nil {
		bad.Add("description", "not_text", line.Text(err))
	}
	for _, b := range d.BuiltInRoles() {
		if d.calledSo(b, r.NameKey) {
			bad.Add("name", "taken", messages.New("roles.problem.built_in_name"))
		}
	}
	r.RequireTwoFactor = f.RequireTwoFactor
	if f.RequirePasskey && !r.RequirePasskey && !d.HasPasskeys() {
		bad.Add("require_passkey", "unavailable", messages.New("passkey.problem.unavailable"))
	}
	r.RequirePasskey = f.RequirePasskey
	had := r.Permissions
	r.Permissions = slices.Clone(f.Permissions)
	slices.Sort(r.Permissions)
	r.Permissions = slices.Compact(r.Permissions)
	for _, key := range r.Permissions {
		switch {
		case !d.HasPermission(key):
			bad.Add("permission", "unknown", messages.New("roles.problem.unknown_permission"))
			return bad
		case !a.Can(key):
			bad.Add("permission", "beyond", messages.New("roles.problem.beyond_permission"))
			return bad
		}
	}
	if len(r.Permissions) == 0 {
		bad.Add("permission", "required", messages.New("roles.problem.no_permission"))
	}
	// What no form of this version shows, none takes away: a newer version may have given it.
	for _, key := range had {
		if !d.HasPermission(key) {
			r.Permissions = append(r.Permissions, key)
		}
	}
	slices.Sort(r.Permissions)
	return bad.Err()
}

// calledSo reports whether readers of some language know a built-in role by a name.
func (d *Desk) calledSo(b Role, key string) bool {
	return NameKey(b.Name) == key || slices.ContainsFunc(d.spoken(), func(in *messages.Language) bool { return NameKey(in.Say(b.Title())) == key })
}

// RoleDifference is what a form changes about a role, in words.
type RoleDifference struct {
	// NewName is set if the name changes.
	NewName string
	// Text means that the description changes, to NewText.
	Text    bool
	NewText string
	// Added and Removed are permissions.
	Added, Removed []messages.Text
	// TwoFactor and Passkey are "on" or "off" if that requirement changes.
	TwoFactor, Passkey string
}

// None reports whether nothing changes.
func (r RoleDifference) None() bool {
	return r.NewName == "" && !r.Text && len(r.Added)+len(r.Removed) == 0 && r.TwoFactor == "" && r.Passkey == ""
}

// PreviewRole returns what [Desk.UpdateRole] would change.
func (d *Desk) PreviewRole(ctx context.Context, a Actor, id string, f RoleForm) (RoleDifference, error) {
	before, err := d.custom(ctx, a, id, f.Version)
	if err != nil {
		return RoleDifference{}, err
	}
	after := before
	if err := d.fillRole(a, &after, f); err != nil {
		return RoleDifference{}, err
	}
	diff := RoleDifference{Text: after.Description != before.Description}
	if after.Name != before.Name {
		diff.NewName = after.Name
	}
	if diff.Text {
		diff.NewText = after.Description
	}
	diff.TwoFactor = switched(before.RequireTwoFactor, after.RequireTwoFactor)
	diff.Passkey = switched(before.RequirePasskey, after.RequirePasskey)
	diff.Added, diff.Removed = d.reachChange([]Role{customRole(before)}, []Role{customRole(after)})
	return diff, nil
}

// switched is "on" or "off" if a switch changes, or "".
func switched(before, after bool) string {
	switch {
	case before == after:
		return ""
	case after:
		return "on"
	}
	return "off"
}

// CreateRole creates a custom role and returns its ID.
func (d *Desk) CreateRole(ctx context.Context, a Actor, v Visit, f RoleForm) (string, error) {
	if err := a.may(PermissionRolesManage); err != nil {
		return "", err
	}
	r := store.Role{CreatedAt: d.Now(), UpdatedAt: d.Now()}
	if err := d.fillRole(a, &r, f); err != nil {
		return "", err
	}
	r.ID = vault.ID()
	event := d.Audit(v, "role.created", Success).Actor(a).Thing("role", r.ID, r.Name).
		With("after", strings.Join(r.Permissions, " ")).With("two-factor after", fmt.Sprint(r.RequireTwoFactor)).
		With("passkey after", fmt.Sprint(r.RequirePasskey)).Write()
	if err := d.commitRole(ctx, a, store.PutRole{Role: r}, event); err != nil {
		return "", err
	}
	return r.ID, nil
}

// UpdateRole changes a custom role. It takes effect on the next request of each
// holder.
func (d *Desk) UpdateRole(ctx context.Context, a Actor, v Visit, id string, f RoleForm) error {
	r, err := d.custom(ctx, a, id, f.Version)
	if err != nil {
		return err
	}
	before := r
	if err := d.fillRole(a, &r, f); err != nil {
		return err
	}
	r.UpdatedAt = d.Now()
	entry := d.Audit(v, "role.changed", Success).Actor(a).Thing("role", r.ID, r.Name)
	// All permissions of a large role may not fit in the entry; the changes do.
	for what, keys := range map[string][]string{"added": except(r.Permissions, before.Permissions), "removed": except(before.Permissions, r.Permissions)} {
		if len(keys) > 0 {
			entry.With(what, strings.Join(keys, " "))
		}
	}
	event := entry.
		With("name before", before.Name).With("before", strings.Join(before.Permissions, " ")).With("after", strings.Join(r.Permissions, " ")).
		With("two-factor before", fmt.Sprint(before.RequireTwoFactor)).With("two-factor after", fmt.Sprint(r.RequireTwoFactor)).
		With("passkey before", fmt.Sprint(before.RequirePasskey)).With("passkey after", fmt.Sprint(r.RequirePasskey)).Write()
	return d.commitRole(ctx, a, store.PutRole{Role: r}, event)
}

// except returns the keys that are not among others.
func except(keys, others []string) []string {
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return slices.Contains(others, key) })
}

// DeleteRole deletes a custom role. Its holders get the role to instead, or none if
// it is empty. They are notified by email.
func (d *Desk) DeleteRole(ctx context.Context, a Actor, v Visit, id string, version int64, to string) error {
	r, err := d.custom(ctx, a, id, version)
	if err != nil {
		return err
	}
	all, err := d.AllRoles(ctx)
	if err != nil {
		return err
	}
	if to != "" {
		next, err := instead(a, all, id, to)
		if err != nil {
			return err
		}
		a.dependOnRoles(next)
	}
	event := d.Audit(v, "role.deleted", Success).Actor(a).Thing("role", r.ID, r.Name).
		With("before", strings.Join(r.Permissions, " ")).With("replaced by", to).Write()
	told, err := d.tellHolders(ctx, a, v, r.ID, to, all)
	if err != nil {
		return err
	}
	supers, err := d.toldOfSuperAdministrators(ctx, a, v, r.ID, to)
	if err != nil {
		return err
	}
	told = append(told, supers...)
	a = a.proposing(proposal{Act: ApprovalDeleteRole, ID: id, Version: version, To: to})
	return d.commitRole(ctx, a, append(told, store.DeleteRole{ID: r.ID, Version: r.Version, To: to}, event)...)
}

// instead returns the role that the holders of a deleted one get.
func instead(a Actor, all []Role, id, to string) (Role, error) {
	i := slices.IndexFunc(all, func(r Role) bool { return r.ID == to })
	if i < 0 || to == id || !a.CanGrant(all[i]) {
		return Role{}, invalid("to", "beyond", messages.New("roles.problem.instead"))
	}
	return all[i], nil
}

// tellHolders notifies the holders of a role which roles they have once the role to,
// or none, replaces it.
func (d *Desk) tellHolders(ctx context.Context, a Actor, v Visit, role, to string, all []Role) ([]store.Write, error) {
	return d.tell(ctx, store.OperatorQuery{RoleID: role}, "", func(o store.Operator) mail.Letter {
		var has []Role
		for _, id := range o.AllRoles() {
			if id == role {
				id = to
			}
			if i := slices.IndexFunc(all, func(r Role) bool { return r.ID == id }); i >= 0 && !slices.ContainsFunc(has, func(r Role) bool { return r.ID == id }) {
				has = append(has, all[i])
			}
		}
		n := d.notice(v, o, signature(a))
		return letters.RoleChanged(n, names(n.In, has))
	})
}

func (d *Desk) commitRole(ctx context.Context, a Actor, writes ...store.Write) error {
	err := d.commitAs(ctx, a, "store role", writes...)
	if errors.Is(err, store.ErrNameTaken) {
		return invalid("name", "taken", messages.New("roles.problem.name_taken"))
	}
	return err
}
