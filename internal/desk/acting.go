package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/postern-go/postern/store"
)

// FindOperator finds an operator by id, name or e-mail address.
func (d *Desk) FindOperator(ctx context.Context, a Actor, who string) (store.Operator, error) {
	if !a.Can(PermissionOperatorsView) {
		return store.Operator{}, ErrForbidden
	}
	return d.operatorBy(ctx, who)
}

func (d *Desk) operatorBy(ctx context.Context, who string) (store.Operator, error) {
	if who == "" || !LookableIfSet(who, LoginKey(who)) {
		return store.Operator{}, ErrNotFound
	}
	o, err := d.Store.FindOperator(ctx, who)
	if IsNotFound(err) {
		o, err = d.Store.FindOperatorByLogin(ctx, LoginKey(who))
	}
	if IsNotFound(err) {
		return store.Operator{}, ErrNotFound
	}
	if err != nil {
		return store.Operator{}, fmt.Errorf("find operator: %w", err)
	}
	return o, nil
}

// target finds somebody to act on: the actor has the permission, proved who
// they are, and holds at least what that somebody holds. That is what the
// actor's commits then depend on.
func (d *Desk) target(ctx context.Context, a *Actor, permission, id string) (store.Operator, error) {
	if err := a.May(permission); err != nil {
		return store.Operator{}, err
	}
	o, err := d.FindOperator(ctx, *a, id)
	if err != nil {
		return store.Operator{}, err
	}
	roles, err := d.LoadRoles(ctx, o)
	if err != nil {
		return store.Operator{}, err
	}
	if !reaches(*a, roles) {
		return store.Operator{}, ErrForbidden
	}
	a.DependOn(o, roles...)
	return o, nil
}

// within says whether somebody holds no more than the actor does.
func (d *Desk) within(ctx context.Context, a Actor, o store.Operator) (bool, error) {
	roles, err := d.LoadRoles(ctx, o)
	if err != nil {
		return false, err
	}
	return reaches(a, roles), nil
}

// reaches says whether the actor holds all of some roles.
func reaches(a Actor, roles []Role) bool {
	return !slices.ContainsFunc(roles, func(r Role) bool { return !a.CanGrant(r) })
}

// commit is the only way in which the services write. An actor who was
// disabled, or lost rights, since those were read changes nothing; nor does one
// whose target got more.
func (d *Desk) commitAs(ctx context.Context, a Actor, what string, writes ...store.Write) error {
	err := d.Commit(ctx, a.Still(writes...)...)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrLastSuperAdministrator):
		return ErrLastSuperAdministrator
	case IsConflict(err), IsNotFound(err):
		return ErrChanged
	}
	return fmt.Errorf("%s: %w", what, err)
}
