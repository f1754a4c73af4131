package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/postern-go/postern/store"
)

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

// may says whether the actor may change something: ErrForbidden without the
// permission, ErrStepUp when they did not prove who they are a moment ago.
func (a Actor) may(permission string) error {
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

// still begins every commit for an actor: it makes it depend on the operator,
// and the custom roles that gave them their rights, being as they were when those
// were read, so that one who is disabled, or loses a right in whatever way,
// changes nothing any more. The command line is no operator.
func (a Actor) still(writes ...store.Write) []store.Write {
	var all []store.Write
	if a.ID != ActorCommandLine {
		all = append(all, store.CheckOperator{ID: a.ID, Version: a.version})
	}
	return slices.Concat(all, a.depends, writes)
}

// dependOn adds to Still that somebody the actor was found to be allowed to act
// on, with these roles, is as they were then.
func (a *Actor) dependOn(o store.Operator, roles ...Role) {
	a.depends = append(slices.Clip(a.depends), store.CheckOperator{ID: o.ID, Version: o.Version})
	a.dependOnRoles(roles...)
}

// dependOnRoles adds that roles which the actor was found to hold are as they
// were then. Built-in ones are always.
func (a *Actor) dependOnRoles(roles ...Role) {
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

// FindOperator finds an operator by id, name or e-mail address.
func (d *Desk) FindOperator(ctx context.Context, a Actor, who string) (store.Operator, error) {
	if !a.Can(PermissionOperatorsView) {
		return store.Operator{}, ErrForbidden
	}
	return d.operatorBy(ctx, who)
}

func (d *Desk) operatorBy(ctx context.Context, who string) (store.Operator, error) {
	if who == "" || !lookableIfSet(who, loginKey(who)) {
		return store.Operator{}, ErrNotFound
	}
	o, err := d.Store.FindOperator(ctx, who)
	if IsNotFound(err) {
		o, err = d.Store.FindOperatorByLogin(ctx, loginKey(who))
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
	if err := a.may(permission); err != nil {
		return store.Operator{}, err
	}
	o, err := d.FindOperator(ctx, *a, id)
	if err != nil {
		return store.Operator{}, err
	}
	roles, err := d.loadRoles(ctx, o)
	if err != nil {
		return store.Operator{}, err
	}
	if !reaches(*a, roles) {
		return store.Operator{}, ErrForbidden
	}
	a.dependOn(o, roles...)
	return o, nil
}

// reaches says whether the actor holds all of some roles.
func reaches(a Actor, roles []Role) bool {
	return !slices.ContainsFunc(roles, func(r Role) bool { return !a.CanGrant(r) })
}

// commit is the only way in which the services write. An actor who was
// disabled, or lost rights, since those were read changes nothing; nor does one
// whose target got more.
func (d *Desk) commitAs(ctx context.Context, a Actor, what string, writes ...store.Write) error {
	err := d.Commit(ctx, a.still(writes...)...)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrLastSuperAdministrator):
		return ErrLastSuperAdministrator
	case isConflict(err), IsNotFound(err):
		return ErrChanged
	}
	return fmt.Errorf("%s: %w", what, err)
}

// signature is who a mail says has acted; the command line is nobody in
// particular.
func signature(a Actor) string {
	if a.ID == ActorCommandLine {
		return ""
	}
	return a.Name
}
