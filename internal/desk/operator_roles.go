package desk

import (
	"context"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// RolesForm is an operator's roles as a form gives them.
type RolesForm struct {
	// Version is the operator's version when the form was shown.
	Version int64
	// Primary is a role ID; empty means "Registered user".
	Primary string
	Roles   []string
}

// IDs returns the roles of the form, the primary one first.
func (f RolesForm) IDs() []string {
	if f.Primary == "" {
		return f.Roles
	}
	return append([]string{f.Primary}, f.Roles...)
}

// RolesForm returns the form that leaves the operator's roles as they are.
func (o OperatorDetail) RolesForm() RolesForm {
	f := RolesForm{Version: o.Version, Primary: o.PrimaryRole, Roles: o.RoleIDs}
	if f.Primary != "" {
		f.Roles = f.Roles[1:]
	}
	return f
}

// RoleChange is what a form changes about an operator's roles, in words.
type RoleChange struct {
	// PrimaryBefore and PrimaryAfter are set if the primary role changes.
	PrimaryBefore, PrimaryAfter messages.Text
	// Added and Removed are roles, Gains and Loses the permissions that follow.
	Added, Removed, Gains, Loses []messages.Text
	// TwoFactor means that two-factor authentication becomes mandatory.
	TwoFactor bool
	// NoAccess means that no roles are left, so that the operator cannot sign in.
	NoAccess bool
}

// PreviewRoles returns what [Desk.ChangeRoles] would change.
func (d *Desk) PreviewRoles(ctx context.Context, a Actor, id string, f RolesForm) (RoleChange, error) {
	before, after, err := d.newRoles(ctx, &a, id, f)
	if err != nil {
		return RoleChange{}, err
	}
	return d.roleChange(ctx, before, after)
}

func (d *Desk) roleChange(ctx context.Context, before, after store.Operator) (RoleChange, error) {
	had, err := d.loadRoles(ctx, before)
	if err != nil {
		return RoleChange{}, err
	}
	has, err := d.loadRoles(ctx, after)
	if err != nil {
		return RoleChange{}, err
	}
	rule := d.Settings().TwoFactorWho
	change := RoleChange{
		Added: missing(has, had), Removed: missing(had, has), NoAccess: len(has) == 0,
		TwoFactor: mustHaveTwoFactor(rule, has) && !mustHaveTwoFactor(rule, had) && rule == settings.TwoFactorRoles,
	}
	if before.PrimaryRole != after.PrimaryRole {
		change.PrimaryBefore, change.PrimaryAfter = roleTitle(had, before.PrimaryRole), roleTitle(has, after.PrimaryRole)
	}
	change.Gains, change.Loses = d.reachChange(had, has)
	return change, nil
}

// reachChange returns the labels of the permissions that other roles add and
// take away.
func (d *Desk) reachChange(before, after []Role) (gains, loses []messages.Text) {
	for _, p := range d.permissions.permissions {
		could, can := d.Allowed(before, p.Key), d.Allowed(after, p.Key)
		switch {
		case can && !could:
			gains = append(gains, p.Title())
		case could && !can:
			loses = append(loses, p.Title())
		}
	}
	return gains, loses
}

// missing returns the roles that are not among others.
func missing(roles, others []Role) []messages.Text {
	return titles(slices.DeleteFunc(slices.Clone(roles), func(r Role) bool {
		return slices.ContainsFunc(others, func(o Role) bool { return o.ID == r.ID })
	}))
}

// newRoles returns the operator before and after a form.
func (d *Desk) newRoles(ctx context.Context, a *Actor, id string, f RolesForm) (before, after store.Operator, err error) {
	before, err = d.target(ctx, a, PermissionOperatorsManage, id)
	if err != nil {
		return before, after, err
	}
	if f.Version != before.Version {
		return before, after, ErrChanged
	}
	after = before
	after.PrimaryRole, after.Roles = "", nil
	ids := f.IDs()
	bad := &InvalidError{}
	if len(ids) > 0 {
		if err := d.putRoles(ctx, a, &after, ids, bad); err != nil {
			return before, after, err
		}
	}
	if f.Primary == "" && after.PrimaryRole != "" {
		after.Roles = append([]string{after.PrimaryRole}, after.Roles...)
		slices.Sort(after.Roles)
		after.PrimaryRole = ""
	}
	return before, after, bad.Err()
}

// putRoles sets an operator's roles, the primary one first, and adds to bad why the
// actor may not give them.
func (d *Desk) putRoles(ctx context.Context, a *Actor, o *store.Operator, ids []string, bad *InvalidError) error {
	all, err := d.AllRoles(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		i := slices.IndexFunc(all, func(r Role) bool { return r.ID == id })
		switch {
		case i < 0:
			bad.Add("role", "unknown", messages.New("roles.problem.unknown"))
			return nil
		case !a.CanGrant(all[i]):
			bad.Add("role", "beyond", messages.New("roles.problem.beyond", "role", all[i].Title()))
			return nil
		}
		a.dependOnRoles(all[i])
	}
	if len(ids) == 0 {
		bad.Add("role", "required", messages.New("roles.problem.required"))
		return nil
	}
	o.PrimaryRole = ids[0]
	o.Roles = slices.Clone(ids[1:])
	slices.Sort(o.Roles)
	o.Roles = slices.DeleteFunc(slices.Compact(o.Roles), func(id string) bool { return id == ids[0] })
	return nil
}

// ChangeRoles replaces an operator's roles. It takes effect on their next request;
// they are notified by email.
func (d *Desk) ChangeRoles(ctx context.Context, a Actor, v Visit, id string, f RolesForm) error {
	before, after, err := d.newRoles(ctx, &a, id, f)
	if err != nil {
		return err
	}
	if err := d.keepOne(ctx, before, after); err != nil {
		return err
	}
	after.UpdatedAt = d.Now()
	event := d.Audit(v, "operator.roles_changed", Success).Actor(a).Target(after).
		With("before", strings.Join(before.AllRoles(), " ")).With("after", strings.Join(after.AllRoles(), " ")).Write()
	roles, err := d.loadRoles(ctx, after)
	if err != nil {
		return err
	}
	told, err := d.toldOfSuperAdministrator(ctx, a, v, before, after)
	if err != nil {
		return err
	}
	letters, err := d.rolesLetter(ctx, a, v, before, &after, roles)
	if err != nil {
		return err
	}
	// Reset links end: their maker may hold less than the operator does now.
	writes := slices.Concat([]store.Write{store.PutOperator{Operator: after},
		store.RevokeTokens{Subject: after.ID, Purpose: store.PurposeReset}, event}, letters, told)
	a = a.proposing(proposal{Act: ApprovalRoles, ID: before.ID, Roles: &f})
	return d.countStranger(ctx, a, before, func() error { return d.commitAs(ctx, a, "change roles", writes...) })
}

// rolesLetter notifies an operator of their new roles. If they are invited and get
// more, they are invited again: the maker of the first link may hold less, and may
// have kept it.
func (d *Desk) rolesLetter(ctx context.Context, a Actor, v Visit, before store.Operator, after *store.Operator, roles []Role) (writes []store.Write, err error) {
	had, err := d.loadRoles(ctx, before)
	if err != nil {
		return nil, err
	}
	if before.State == store.OperatorInvited && len(missing(roles, had)) > 0 {
		_, writes, err = d.renewInvitation(ctx, a, after, letters.Occasion{})
		return writes, err
	}
	letter, err := d.tellOwner(v, *after, func(n letters.Notice) mail.Letter {
		return letters.RoleChanged(n, names(n.In, roles))
	}, signature(a))
	return []store.Write{letter}, err
}
