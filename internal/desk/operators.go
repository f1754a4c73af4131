package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postern-go/postern/store"
)

// grant puts roles on an operator, as far as the actor may give them, and
// returns their names.
func (d *Desk) grant(ctx context.Context, a Actor, o *store.Operator, ids []string, bad *InvalidError) ([]string, error) {
	all, err := d.AllRoles(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, id := range ids {
		i := slices.IndexFunc(all, func(r Role) bool { return r.ID == id })
		switch {
		case i < 0:
			bad.add("role", "unknown", "There is no such role any more. Choose again.")
			return nil, nil
		case !a.canGrant(all[i]):
			bad.add("role", "beyond", "You can give only what you hold yourself, and “"+all[i].Name+"” is more.")
			return nil, nil
		}
		if !slices.Contains(names, all[i].Name) {
			names = append(names, all[i].Name)
		}
	}
	if len(ids) == 0 {
		bad.add("role", "required", "Choose at least one role.")
		return nil, nil
	}
	o.PrimaryRole = ids[0]
	o.Roles = slices.Clone(ids[1:])
	slices.Sort(o.Roles)
	o.Roles = slices.DeleteFunc(slices.Compact(o.Roles), func(id string) bool { return id == ids[0] })
	return names, nil
}

// GrantableRoles are the roles that the actor may give.
func (d *Desk) GrantableRoles(ctx context.Context, a Actor) ([]Role, error) {
	all, err := d.AllRoles(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(r Role) bool { return !a.canGrant(r) }), nil
}

// AllRoles are the built-in roles and then the custom ones, by name.
func (d *Desk) AllRoles(ctx context.Context) ([]Role, error) {
	custom, err := d.Store.ListRoles(ctx)
	if err != nil {
		return nil, fmt.Errorf("list roles: %w", err)
	}
	all := d.BuiltInRoles()
	for _, r := range custom {
		all = append(all, Role{ID: r.ID, Name: r.Name, Description: r.Description, RequireTwoFactor: r.RequireTwoFactor, Permissions: r.Permissions})
	}
	return all, nil
}

// mayActOn says whether the actor may act on somebody: not on one who holds
// more than they do themselves.
func (d *Desk) mayActOn(ctx context.Context, a Actor, o store.Operator) error {
	roles, err := d.loadRoles(ctx, o)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(roles, func(r Role) bool { return !a.canGrant(r) }) {
		return ErrForbidden
	}
	return nil
}

// FindOperator finds an operator by id, name or e-mail address.
func (d *Desk) FindOperator(ctx context.Context, a Actor, who string) (store.Operator, error) {
	if !a.Can(PermissionOperatorsView) {
		return store.Operator{}, ErrForbidden
	}
	if !lookable(who) || !lookable(loginKey(who)) {
		return store.Operator{}, ErrNotFound
	}
	o, err := d.Store.FindOperator(ctx, who)
	if isNotFound(err) {
		o, err = d.Store.FindOperatorByLogin(ctx, loginKey(who))
	}
	if isNotFound(err) {
		return store.Operator{}, ErrNotFound
	}
	if err != nil {
		return store.Operator{}, fmt.Errorf("find operator: %w", err)
	}
	return o, nil
}

// Listed is an operator as the list shows them.
type Listed struct {
	ID, Name, Email string
	Roles           []string
	// State is invited, expired, active, locked or disabled.
	State        string
	TwoFactor    bool
	LastActiveAt time.Time
	InviteEndsAt time.Time
	NameKey      string
}

// Operators lists operators by name.
func (d *Desk) Operators(ctx context.Context, a Actor, q store.OperatorQuery) ([]Listed, error) {
	if !a.Can(PermissionOperatorsView) {
		return nil, ErrForbidden
	}
	q.Search = nameKey(q.Search)
	if !lookableIfSet(q.Search, string(q.State), q.RoleID, q.AfterNameKey, q.AfterID) {
		return nil, nil
	}
	operators, err := d.Store.ListOperators(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("list operators: %w", err)
	}
	custom, err := d.Store.ListRoles(ctx)
	if err != nil {
		return nil, fmt.Errorf("list roles: %w", err)
	}
	list := make([]Listed, 0, len(operators))
	for _, o := range operators {
		l := Listed{ID: o.ID, Name: o.Name, Email: o.Email, NameKey: o.NameKey, LastActiveAt: o.LastActiveAt, InviteEndsAt: o.InviteExpiresAt}
		for _, r := range d.rolesOf(o, custom) {
			l.Roles = append(l.Roles, r.Name)
		}
		if l.State, err = d.shownState(ctx, o); err != nil {
			return nil, err
		}
		factors, err := d.Store.ListFactors(ctx, o.ID)
		if err != nil {
			return nil, fmt.Errorf("list factors: %w", err)
		}
		l.TwoFactor = len(factors) > 0
		list = append(list, l)
	}
	return list, nil
}

// shownState adds to the stored state what follows from times and counters.
func (d *Desk) shownState(ctx context.Context, o store.Operator) (string, error) {
	if o.State == store.OperatorInvited && !d.now().Before(o.InviteExpiresAt) {
		return "expired", nil
	}
	if o.State != store.OperatorActive {
		return string(o.State), nil
	}
	locks, err := d.locks(ctx, o)
	if err != nil {
		return "", err
	}
	for _, l := range locks {
		c, err := d.Store.FindCounter(ctx, l.key)
		if err != nil && !isNotFound(err) {
			return "", fmt.Errorf("find counter: %w", err)
		}
		if _, ok := l.limit.Check(c, d.now()); !ok {
			return "locked", nil
		}
	}
	return string(o.State), nil
}

type lock struct {
	key   string
	limit store.Limit
}

// locks are the counters that can keep an operator out. A linked member signs
// in with the community's name and address for them, too.
func (d *Desk) locks(ctx context.Context, o store.Operator) ([]lock, error) {
	names := []string{o.NameKey, o.EmailKey}
	if o.MemberID != "" && d.Members != nil {
		m, err := d.Members.FindMember(ctx, o.MemberID)
		if err != nil && !errors.Is(err, ErrNoMember) {
			return nil, fmt.Errorf("find member: %w", err)
		}
		if err == nil {
			names = append(names, loginKey(m.Name), loginKey(m.Email))
		}
	}
	var locks []lock
	for _, name := range names {
		locks = append(locks, lock{d.counterKey("signin-name", name), d.nameLimit()})
	}
	return append(locks,
		lock{operatorKey("password", o.ID), passwordLimit()},
		lock{operatorKey("step-up", o.ID), d.stepUpLimit()},
		lock{operatorKey("code", o.ID), d.codeLimit()},
		lock{operatorKey("recovery", o.ID), d.codeLimit()},
		lock{operatorKey("enrol", o.ID), d.codeLimit()},
	), nil
}

// Unlock clears the failures that keep somebody out, under their names here
// and, for a linked member, under those that the community knows.
func (d *Desk) Unlock(ctx context.Context, a Actor, v Visit, operatorID string) error {
	if !a.Can(PermissionOperatorsManage) {
		return ErrForbidden
	}
	o, err := d.FindOperator(ctx, a, operatorID)
	if err != nil {
		return err
	}
	if err := d.mayActOn(ctx, a, o); err != nil {
		return err
	}
	event, err := d.audit(v, "operator.unlocked", Success).actor(a).target(o).write()
	if err != nil {
		return err
	}
	locks, err := d.locks(ctx, o)
	if err != nil {
		return err
	}
	writes := []store.Write{event}
	for _, l := range locks {
		writes = append(writes, store.ClearCounter{Key: l.key})
	}
	if err := actorError(d.commit(ctx, a.still(writes...)...)); err != nil {
		return fmt.Errorf("unlock: %w", err)
	}
	return nil
}
