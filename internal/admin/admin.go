// Package admin holds the services that operators use on others and on the
// office itself: people, roles, parameters, mail and audit. Each checks rights,
// validates, and makes its change, its audit row and its mails in one commit.
// What operators do for themselves is in package desk, and so is what both
// stand on.
package admin

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// Admin is the services. It is safe for concurrent use.
type Admin struct{ *desk.Desk }

// New puts the services over a desk.
func New(d *desk.Desk) *Admin { return &Admin{d} }

// FindOperator finds an operator by id, name or e-mail address.
func (d *Admin) FindOperator(ctx context.Context, a desk.Actor, who string) (store.Operator, error) {
	if !a.Can(desk.PermissionOperatorsView) {
		return store.Operator{}, desk.ErrForbidden
	}
	return d.find(ctx, who)
}

func (d *Admin) find(ctx context.Context, who string) (store.Operator, error) {
	if who == "" || !desk.LookableIfSet(who, desk.LoginKey(who)) {
		return store.Operator{}, desk.ErrNotFound
	}
	o, err := d.Store.FindOperator(ctx, who)
	if desk.IsNotFound(err) {
		o, err = d.Store.FindOperatorByLogin(ctx, desk.LoginKey(who))
	}
	if desk.IsNotFound(err) {
		return store.Operator{}, desk.ErrNotFound
	}
	if err != nil {
		return store.Operator{}, fmt.Errorf("find operator: %w", err)
	}
	return o, nil
}

// target finds somebody to act on: the actor has the permission, proved who
// they are, and holds at least what that somebody holds. That is what the
// actor's commits then depend on.
func (d *Admin) target(ctx context.Context, a *desk.Actor, permission, id string) (store.Operator, error) {
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
		return store.Operator{}, desk.ErrForbidden
	}
	a.DependOn(o, roles...)
	return o, nil
}

// within says whether somebody holds no more than the actor does.
func (d *Admin) within(ctx context.Context, a desk.Actor, o store.Operator) (bool, error) {
	roles, err := d.LoadRoles(ctx, o)
	if err != nil {
		return false, err
	}
	return reaches(a, roles), nil
}

// reaches says whether the actor holds all of some roles.
func reaches(a desk.Actor, roles []desk.Role) bool {
	return !slices.ContainsFunc(roles, func(r desk.Role) bool { return !a.CanGrant(r) })
}

// commit is the only way in which the services write. An actor who was
// disabled, or lost rights, since those were read changes nothing; nor does one
// whose target got more.
func (d *Admin) commit(ctx context.Context, a desk.Actor, what string, writes ...store.Write) error {
	err := d.Commit(ctx, a.Still(writes...)...)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrLastSuperAdministrator):
		return desk.ErrLastSuperAdministrator
	case desk.IsConflict(err), desk.IsNotFound(err):
		return desk.ErrChanged
	}
	return fmt.Errorf("%s: %w", what, err)
}
