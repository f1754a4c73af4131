package desk

import (
	"context"
	"fmt"
	"slices"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// BulkAct is an act on several operators.
type BulkAct string

// The acts on several operators. Each does to everyone what the act of its name does to
// one.
const (
	BulkResend      BulkAct = "resend"
	BulkEndSessions BulkAct = "sessions"
	BulkAddRole     BulkAct = "add-role"
	BulkRemoveRole  BulkAct = "remove-role"
	BulkDisable     BulkAct = "disable"
)

// OfRole reports whether the act takes a role.
func (b BulkAct) OfRole() bool { return b == BulkAddRole || b == BulkRemoveRole }

// BulkForm is an act on several operators as a form gives it.
type BulkForm struct {
	Act BulkAct
	// Role is the ID of the role to add or to remove.
	Role string
	// Reason is for the audit log, if the act records one.
	Reason string
	// Operators are IDs.
	Operators []string
	// Seen are the versions of these operators when what happens to them was shown.
	Seen []int64
}

// BulkRow is what happens to one of several operators.
type BulkRow struct {
	Operator
	// Version is that of the operator that the row is about.
	Version int64
	// Sessions and Browsers are how many end.
	Sessions, Browsers int
	// Change is what a change of roles gives and takes.
	Change RoleChange
	// Why says why nothing happens to them; zero if it does.
	Why messages.Text
	// Done reports that it was done.
	Done bool
}

// BulkPlan is what an act does to each of several operators.
type BulkPlan struct {
	BulkForm
	// RoleName is the name of the role; zero for an act that takes none.
	RoleName messages.Text
	Rows     []BulkRow
}

// bulk is an act on several operators under way.
type bulk struct {
	*Desk
	f      BulkForm
	custom []store.Role
	// supers are the super-administrators who are left, nil if they were not looked at.
	supers []string
}

// PreviewBulk returns what [Desk.Bulk] would do, in the order of the form.
func (d *Desk) PreviewBulk(ctx context.Context, a Actor, f BulkForm) (BulkPlan, error) {
	b, plan, err := d.newBulk(ctx, a, f)
	if err != nil {
		return plan, err
	}
	for _, id := range b.f.Operators {
		row, err := b.row(ctx, a, id)
		if err != nil {
			return plan, err
		}
		plan.Rows = append(plan.Rows, row)
	}
	return plan, nil
}

// newBulk checks a form, apart from what it says about each operator.
func (d *Desk) newBulk(ctx context.Context, a Actor, f BulkForm) (b *bulk, plan BulkPlan, err error) {
	if err := a.may(PermissionOperatorsManage); err != nil {
		return nil, plan, err
	}
	custom, err := d.Store.ListRoles(ctx)
	if err != nil {
		return nil, plan, fmt.Errorf("list roles: %w", err)
	}
	if len(f.Seen) == 0 {
		f.Operators = distinct(f.Operators)
	}
	plan, bad := BulkPlan{BulkForm: f}, &InvalidError{}
	switch {
	case len(f.Operators) == 0:
		bad.Add("operator", "required", messages.New("operators.bulk.tick_one"))
	case len(f.Operators) > MostAtOnce:
		bad.Add("operator", "too_many", messages.New("operators.bulk.tick_fewer", "n", MostAtOnce))
	case len(f.Seen) > 0 && len(f.Seen) != len(f.Operators):
		return nil, plan, ErrChanged
	}
	switch f.Act {
	case BulkResend, BulkEndSessions, BulkDisable:
		plan.Role, f.Role = "", ""
	case BulkAddRole, BulkRemoveRole:
		switch role := d.rolesOf(f.Role, nil, custom); {
		case len(role) == 0:
			bad.Add("role", "required", messages.New("operators.bulk.choose_role"))
		case !a.CanGrant(role[0]):
			bad.Add("role", "beyond", messages.New("operators.bulk.role_beyond", "role", role[0].Title()))
		default:
			plan.RoleName = role[0].Title()
		}
	default:
		bad.Add("act", "required", messages.New("operators.bulk.choose_act"))
	}
	return &bulk{Desk: d, f: f, custom: custom}, plan, bad.Err()
}

// distinct keeps the first of each.
func distinct(ids []string) (all []string) {
	for _, id := range ids {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}

// row is what happens to an operator. It says why nothing does, if that is known before;
// the act itself checks again.
func (b *bulk) row(ctx context.Context, a Actor, id string) (BulkRow, error) {
	o, err := store.Operator{}, error(store.ErrNotFound)
	if lookable(id) {
		o, err = b.Store.FindOperator(ctx, id)
	}
	if isNotFound(err) {
		return BulkRow{Why: noLonger}, nil
	}
	if err != nil {
		return BulkRow{}, fmt.Errorf("find operator: %w", err)
	}
	row := BulkRow{Operator: b.shown(a, store.OperatorRow{Operator: o}, b.custom), Version: o.Version}
	switch {
	case o.ID == a.ID:
		row.Why = messages.New("operators.why.self")
	case !row.Within:
		row.Why = holdsMore
	default:
		err = b.consider(ctx, a, o, &row)
	}
	if err == nil {
		return row, nil
	}
	text, goOn := whyNot(err)
	if !goOn {
		return row, err
	}
	row.Why = text
	return row, nil
}

// consider adds what the act does to an operator, or why it does nothing.
func (b *bulk) consider(ctx context.Context, a Actor, o store.Operator, row *BulkRow) error {
	switch b.f.Act {
	case BulkResend:
		if err := b.checkState(o, store.OperatorInvited); err != nil {
			return err
		}
		return b.checkOpen(ctx, o)
	case BulkEndSessions:
		live, err := b.liveSessions(ctx, o.ID)
		if err != nil {
			return err
		}
		browsers, err := b.knownBrowsers(ctx, o.ID)
		if row.Sessions, row.Browsers = len(live), len(browsers); len(live)+len(browsers) == 0 {
			row.Why = messages.New("operators.why.no_session")
		}
		return err
	case BulkDisable:
		switch after := o; {
		case o.State == store.OperatorDisabled:
			row.Why = messages.New("operators.why.disabled")
		case o.State == store.OperatorInvited:
			row.Why = messages.New("operators.why.not_accepted")
		default:
			after.State = store.OperatorDisabled
			return b.leaveOne(ctx, o, after)
		}
		return nil
	}
	f, why := b.roles(o)
	if row.Why = why; !why.IsZero() {
		return nil
	}
	before, after, err := b.newRoles(ctx, &a, o.ID, f)
	if err != nil {
		return err
	}
	if err := b.leaveOne(ctx, before, after); err != nil {
		return err
	}
	row.Change, err = b.roleChange(ctx, before, after)
	return err
}

// roles is the form that adds the role to an operator, or removes it, or why it cannot. If
// the primary role is removed, the next one takes its place.
func (b *bulk) roles(o store.Operator) (f RolesForm, why messages.Text) {
	ids := o.AllRoles()
	has := slices.Contains(ids, b.f.Role)
	switch {
	case b.f.Act == BulkAddRole && has:
		return f, messages.New("operators.why.has_role")
	case b.f.Act == BulkRemoveRole && !has:
		return f, messages.New("operators.why.lacks_role")
	}
	f = RolesForm{Version: o.Version, Primary: o.PrimaryRole, Roles: slices.Clone(o.Roles)}
	if b.f.Act == BulkAddRole {
		if f.Roles = append(f.Roles, b.f.Role); len(ids) == 0 {
			f.Primary, f.Roles = b.f.Role, nil
		}
		return f, why
	}
	f.Roles = slices.DeleteFunc(f.Roles, func(id string) bool { return id == b.f.Role })
	if f.Primary == b.f.Role {
		if f.Primary = ""; len(f.Roles) > 0 {
			f.Primary, f.Roles = f.Roles[0], f.Roles[1:]
		}
	}
	return f, why
}

// leaveOne is keepOne for changes of which none is stored yet.
func (b *bulk) leaveOne(ctx context.Context, before, after store.Operator) error {
	if !before.IsActiveSuperAdministrator() || after.IsActiveSuperAdministrator() {
		return nil
	}
	if b.supers == nil {
		supers, err := b.sureSuperAdministrators(ctx, MostAtOnce+1)
		if err != nil {
			return err
		}
		b.supers = supers
	}
	if len(b.supers) == 1 && b.supers[0] == before.ID {
		return ErrLastSuperAdministrator
	}
	b.supers = slices.DeleteFunc(b.supers, func(id string) bool { return id == before.ID })
	return nil
}

// Bulk acts on several operators, one after another, through the service of the single act:
// each is stored whole, with its audit entry and its email, or not at all. It leaves out
// those who changed since their version was seen, and those to whom it was done since, also
// by this very form. It returns what was done, and the error after which the rest was not
// tried.
func (d *Desk) Bulk(ctx context.Context, a Actor, v Visit, f BulkForm) (plan BulkPlan, stopped, err error) {
	b, plan, err := d.newBulk(ctx, a, f)
	if err != nil {
		return plan, nil, err
	}
	plan.Rows = make([]BulkRow, len(f.Operators))
	for i, id := range f.Operators {
		plan.Rows[i].ID = id
	}
	stopped, err = inTurn(ctx, len(plan.Rows), func(i int) *messages.Text { return &plan.Rows[i].Why }, func(i int) error {
		b.supers = nil // what was done before is stored
		row, err := b.row(ctx, a, plan.Rows[i].ID)
		if err == nil && row.Why.IsZero() && len(f.Seen) > 0 && row.Version != f.Seen[i] {
			row.Why = changedSince
		}
		if err == nil && row.Why.IsZero() {
			err = b.act(ctx, a, v, row)
			row.Done = err == nil
		}
		plan.Rows[i] = row
		return err
	})
	return plan, stopped, err
}

// act does it to one operator.
func (b *bulk) act(ctx context.Context, a Actor, v Visit, row BulkRow) error {
	switch b.f.Act {
	case BulkResend:
		_, err := b.ResendInvitation(ctx, a, v, row.ID)
		return err
	case BulkEndSessions:
		return b.EndSessions(ctx, a, v, row.ID, "all")
	case BulkDisable:
		return b.Disable(ctx, a, v, row.ID, b.f.Reason)
	}
	o, err := b.FindOperator(ctx, a, row.ID)
	if err != nil {
		return err
	}
	f, why := b.roles(o)
	if !why.IsZero() {
		return &NotNowError{why}
	}
	f.Version = row.Version
	return b.ChangeRoles(ctx, a, v, row.ID, f)
}
