package desk

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// RolesForm is an operator's roles as a form gives them: Primary empty is
// "registered user". Version is that of the operator when the form was shown.
type RolesForm struct {
	Version int64
	Primary string
	Roles   []string
}

// IDs are the roles of the form, the primary one first.
func (f RolesForm) IDs() []string {
	if f.Primary == "" {
		return f.Roles
	}
	return append([]string{f.Primary}, f.Roles...)
}

// RoleChange is the difference that a form would make, in words.
type RoleChange struct {
	// PrimaryBefore and PrimaryAfter are set where the primary role changes.
	PrimaryBefore, PrimaryAfter string
	// Added and Removed are roles, Gains and Loses the permissions that follow.
	Added, Removed, Gains, Loses []string
	// TwoFactor says that two-factor authentication becomes a must.
	TwoFactor bool
	// NoAccess says that nothing is left, so that the operator cannot sign in.
	NoAccess bool
}

// PreviewRoles says what a form would change.
func (d *Desk) PreviewRoles(ctx context.Context, a Actor, id string, f RolesForm) (RoleChange, error) {
	before, after, err := d.newRoles(ctx, &a, id, f)
	if err != nil {
		return RoleChange{}, err
	}
	return d.roleChange(ctx, before, after)
}

// PreviewGrant says what a form would give a member without access.
func (d *Desk) PreviewGrant(ctx context.Context, a Actor, memberID string, f RolesForm) (RoleChange, error) {
	if err := a.May(PermissionOperatorsManage); err != nil {
		return RoleChange{}, err
	}
	if _, err := d.findMember(ctx, memberID); err != nil {
		return RoleChange{}, err
	}
	bad, after := &InvalidError{}, store.Operator{}
	if err := d.putRoles(ctx, &a, &after, f.IDs(), bad); err != nil {
		return RoleChange{}, err
	}
	if err := bad.Err(); err != nil {
		return RoleChange{}, err
	}
	return d.roleChange(ctx, store.Operator{}, after)
}

const registeredUser = "Registered user (no access)"

func (d *Desk) roleChange(ctx context.Context, before, after store.Operator) (RoleChange, error) {
	had, err := d.LoadRoles(ctx, before)
	if err != nil {
		return RoleChange{}, err
	}
	has, err := d.LoadRoles(ctx, after)
	if err != nil {
		return RoleChange{}, err
	}
	rule := d.Settings().TwoFactorWho
	change := RoleChange{
		Added: missing(has, had), Removed: missing(had, has), NoAccess: len(has) == 0,
		TwoFactor: MustHaveTwoFactor(rule, has) && !MustHaveTwoFactor(rule, had) && rule == settings.TwoFactorRoles,
	}
	if before.PrimaryRole != after.PrimaryRole {
		change.PrimaryBefore, change.PrimaryAfter = roleName(had, before.PrimaryRole), roleName(has, after.PrimaryRole)
	}
	for _, p := range d.Permissions() {
		could, can := d.Allowed(had, p.Key), d.Allowed(has, p.Key)
		switch {
		case can && !could:
			change.Gains = append(change.Gains, p.Label)
		case could && !can:
			change.Loses = append(change.Loses, p.Label)
		}
	}
	return change, nil
}

// missing names the roles that are not among others.
func missing(roles, others []Role) []string {
	var out []string
	for _, r := range roles {
		if !slices.ContainsFunc(others, func(o Role) bool { return o.ID == r.ID }) {
			out = append(out, r.Name)
		}
	}
	return out
}

func roleName(roles []Role, id string) string {
	for _, r := range roles {
		if r.ID == id {
			return r.Name
		}
	}
	return registeredUser
}

// newRoles is the operator with and without what a form says.
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

// ChangeRoles gives an operator other roles. It binds on their very next
// request; they are told by mail.
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
	roles, err := d.LoadRoles(ctx, after)
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
	// Whoever made a link for them may hold less than they will.
	writes := slices.Concat([]store.Write{store.PutOperator{Operator: after},
		store.RevokeTokens{Subject: after.ID, Purpose: store.PurposeReset}, event}, letters, told)
	return d.countStranger(ctx, a, before, func() error { return d.commitAs(ctx, a, "change roles", writes...) })
}

// rolesLetter tells somebody of their new roles. Who is invited and gets more
// is invited again: whoever made the first link may hold less, and have kept it.
func (d *Desk) rolesLetter(ctx context.Context, a Actor, v Visit, before store.Operator, after *store.Operator, roles []Role) (writes []store.Write, err error) {
	had, err := d.LoadRoles(ctx, before)
	if err != nil {
		return nil, err
	}
	if before.State == store.OperatorInvited && len(missing(roles, had)) > 0 {
		_, writes, err = d.invitation(ctx, a, after)
		return writes, err
	}
	letter, err := d.Notice(v, *after, func(n letters.Notice) mail.Letter {
		return letters.RoleChanged(n, names(roles))
	}, signature(a))
	return []store.Write{letter}, err
}

// toldOfSuperAdministrator tells the others when there is a new one.
func (d *Desk) toldOfSuperAdministrator(ctx context.Context, a Actor, v Visit, before, after store.Operator) ([]store.Write, error) {
	holds := func(o store.Operator) bool { return slices.Contains(o.AllRoles(), RoleSuperAdministrator) }
	if holds(before) || !holds(after) {
		return nil, nil
	}
	return d.TellSuperAdministrators(ctx, v, signature(a), after.ID, func(n letters.Notice) mail.Letter {
		return letters.NewSuperAdministrator(n, after.Name)
	})
}

// RenameOperator changes what an operator is called, and signs in with. They
// are told by mail.
func (d *Desk) RenameOperator(ctx context.Context, a Actor, v Visit, id string, version int64, name string) error {
	o, err := d.target(ctx, &a, PermissionOperatorsManage, id)
	if err != nil {
		return err
	}
	if version != o.Version {
		return ErrChanged
	}
	bad, before := &InvalidError{}, o
	o.Name = CleanName("name", name, bad)
	if err := bad.Err(); err != nil {
		return err
	}
	Keyed(&o)
	o.UpdatedAt = d.Now()
	event := d.Audit(v, "operator.renamed", Success).Actor(a).Target(o).With("before", before.Name).With("after", o.Name).Write()
	letter, err := d.Notice(v, before, func(n letters.Notice) mail.Letter {
		return letters.NameChanged(n, before.Name, o.Name)
	}, signature(a))
	if err != nil {
		return err
	}
	err = d.countStranger(ctx, a, o, func() error {
		return d.commitAs(ctx, a, "rename", store.PutOperator{Operator: o}, event, letter)
	})
	if errors.Is(err, store.ErrNameTaken) {
		bad.Add("name", "taken", "Another operator has this name. Choose another one.")
		return bad
	}
	return err
}

// Disable keeps an operator out: their sessions and links end in the same
// commit. They are told by mail.
func (d *Desk) Disable(ctx context.Context, a Actor, v Visit, id, reason string) error {
	o, err := d.target(ctx, &a, PermissionOperatorsManage, id)
	if err != nil {
		return err
	}
	if o.State == store.OperatorDisabled {
		return ErrChanged
	}
	was := o
	o.State, o.UpdatedAt, o.InviteExpiresAt = store.OperatorDisabled, d.Now(), zero
	if err := d.keepOne(ctx, was, o); err != nil {
		return err
	}
	event := d.Audit(v, "operator.disabled", Success).Actor(a).Target(o).Because(reason).With("before", string(was.State)).Write()
	letter, err := d.Notice(v, o, letters.AccountDisabled, signature(a))
	if err != nil {
		return err
	}
	return d.countStranger(ctx, a, was, func() error {
		return d.commitAs(ctx, a, "disable", store.PutOperator{Operator: o}, store.EndSessions{OperatorID: o.ID},
			store.RevokeTokens{Subject: o.ID}, event, letter)
	})
}

// Enable lets a disabled operator in again, and tells them by mail. One who
// never chose a password is invited again instead.
func (d *Desk) Enable(ctx context.Context, a Actor, v Visit, id string) error {
	o, err := d.target(ctx, &a, PermissionOperatorsManage, id)
	if err != nil {
		return err
	}
	if o.State != store.OperatorDisabled {
		return ErrChanged
	}
	o.State, o.UpdatedAt = store.OperatorActive, d.Now()
	var writes []store.Write
	if o.Password == "" && !d.PasswordElsewhere(o) {
		o.State = store.OperatorInvited
		_, writes, err = d.invitation(ctx, a, &o)
	} else {
		var told store.EnqueueMail
		told, err = d.Notice(v, o, letters.AccountEnabled, signature(a))
		writes = []store.Write{told}
	}
	if err != nil {
		return err
	}
	event := d.Audit(v, "operator.enabled", Success).Actor(a).Target(o).With("after", string(o.State)).Write()
	return d.countStranger(ctx, a, o, func() error {
		return d.commitAs(ctx, a, "enable", append(writes, store.PutOperator{Operator: o}, event)...)
	})
}

// Delete removes an operator with their sessions, links and authenticators.
// Audit rows stay, with the name as it was.
func (d *Desk) Delete(ctx context.Context, a Actor, v Visit, id, reason string) error {
	o, err := d.target(ctx, &a, PermissionOperatorsManage, id)
	if err != nil {
		return err
	}
	if err := d.keepOne(ctx, o, store.Operator{}); err != nil {
		return err
	}
	event := d.Audit(v, "operator.deleted", Success).Actor(a).Target(o).Because(reason).With("roles", strings.Join(o.AllRoles(), " ")).Write()
	letter, err := d.Notice(v, o, letters.AccountDisabled, signature(a))
	if err != nil {
		return err
	}
	return d.commitAs(ctx, a, "delete", store.DeleteOperator{ID: o.ID, Version: o.Version}, event, letter)
}

// EndSessions signs an operator out: of one session, by its id, or everywhere
// with "all". They are told by mail. ErrChanged when the session is gone.
func (d *Desk) EndSessions(ctx context.Context, a Actor, v Visit, id, which string) error {
	o, err := d.target(ctx, &a, PermissionOperatorsManage, id)
	if err != nil {
		return err
	}
	if which == "" || !LookableIfSet(which) {
		return ErrNotFound
	}
	event := d.Audit(v, "operator.sessions_ended", Success).Actor(a).Target(o).With("which", which).Write()
	letter, err := d.Notice(v, o, func(n letters.Notice) mail.Letter {
		return letters.SessionsEnded(n, which == "all")
	}, signature(a))
	if err != nil {
		return err
	}
	end := store.EndSessions{OperatorID: o.ID, ID: which, MustExist: true}
	if which == "all" {
		end = store.EndSessions{OperatorID: o.ID}
	}
	return d.countStranger(ctx, a, o, func() error { return d.commitAs(ctx, a, "end sessions", end, event, letter) })
}

// Unlock clears the failures that keep somebody out.
func (d *Desk) Unlock(ctx context.Context, a Actor, v Visit, id string) error {
	o, err := d.target(ctx, &a, PermissionOperatorsManage, id)
	if err != nil {
		return err
	}
	event := d.Audit(v, "operator.unlocked", Success).Actor(a).Target(o).Write()
	writes, err := d.ClearLocks(ctx, o)
	if err != nil {
		return err
	}
	writes = append(writes, store.MarkLocked{OperatorID: o.ID}, event)
	return d.commitAs(ctx, a, "unlock", writes...)
}
