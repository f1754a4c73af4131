package desk

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/postern-go/postern/store"
)

// Actor is the one who acts: an operator in a session, the command line, or host
// code. The zero Actor may do nothing.
type Actor struct {
	ID, Name string
	can      func(permission string) bool
	has      func(role Role) bool
	proved   func() bool
	// version is the operator's version when their permissions were read; session
	// is the session they act in.
	version int64
	session string
	// depends are the checks that the actor's commits add.
	depends []store.Write
	// proposal is how the act is repeated if it has to wait for a second operator, and
	// approved who approved of it; see Desk.second.
	proposal *proposal
	approved *approval
	// seenBy is the operator who sees the office as this actor, and must change nothing; nil
	// for others.
	seenBy *Identity
	// state is the reading of the parameters at the actor's request; nil for others.
	state *State
}

// Can reports whether the actor has the permission.
func (a Actor) Can(permission string) bool { return a.can != nil && a.can(permission) }

// realID is the ID of whoever is really there: the operator who sees the office as the actor,
// or the actor.
func (a Actor) realID() string {
	if a.seenBy != nil {
		return a.seenBy.Operator.ID
	}
	return a.ID
}

// may returns ErrForbidden if the actor lacks the permission, and ErrStepUp if
// they have not confirmed their identity recently.
func (a Actor) may(permission string) error {
	switch {
	case !a.Can(permission):
		return ErrForbidden
	case a.proved == nil || !a.proved():
		return ErrStepUp
	}
	return nil
}

// CanGrant reports whether the actor may give the role, which takes holding all of
// it themselves.
func (a Actor) CanGrant(role Role) bool { return a.has != nil && a.has(role) }

// still returns the writes of a commit for the actor. It fails if the operator, or
// a custom role they depend on, has changed since it was read, so that an operator
// who is disabled or loses a permission in the meantime changes nothing. The
// command line is not an operator.
func (a Actor) still(writes ...store.Write) []store.Write {
	var all []store.Write
	if a.seenBy != nil {
		// They only look. No operator has no ID, so that the commit fails, whoever makes it.
		all = append(all, store.CheckOperator{})
	}
	if !a.program() {
		all = append(all, store.CheckOperator{ID: a.ID, Version: a.version})
	}
	return slices.Concat(all, a.depends, writes)
}

// dependOn makes the actor's commits fail if the operator, on whom they may act
// with these roles, has changed since.
func (a *Actor) dependOn(o store.Operator, roles ...Role) {
	a.depends = append(slices.Clip(a.depends), store.CheckOperator{ID: o.ID, Version: o.Version})
	a.dependOnRoles(roles...)
}

// dependOnRoles makes the actor's commits fail if one of the roles has changed
// since. Built-in roles never change.
func (a *Actor) dependOnRoles(roles ...Role) {
	for _, r := range roles {
		if !r.BuiltIn {
			a.depends = append(slices.Clip(a.depends), store.CheckRole{ID: r.ID, Version: r.Version})
		}
	}
}

// Job returns the actor for a job of the host, which may do everything. It fails if the name
// is not one.
func Job(name string) (Actor, error) {
	if !jobName.MatchString(name) {
		return Actor{}, fmt.Errorf("job %.100q: the name must be of lower-case letters, digits, '-', '_' and '.', begin with a letter, and have at most 60 bytes", name)
	}
	a := CommandLine()
	a.ID, a.Name = jobPrefix+name, name
	return a, nil
}

// jobName is what a job is called.
var jobName = regexp.MustCompile(`^[a-z][a-z0-9._-]{0,59}$`)

// JobOf returns the name of the job that acted, given the id of an actor, and "" if that was
// no job.
func JobOf(actorID string) string {
	name, ok := strings.CutPrefix(actorID, jobPrefix)
	if !ok {
		return ""
	}
	return name
}

// program reports whether the actor is no operator, but a program of the host's.
func (a Actor) program() bool { return isProgram(a.ID) }

func isProgram(id string) bool { return id == ActorCommandLine || JobOf(id) != "" }

// NotOperator reports whether an actor's id is that of one who is not an operator: the office
// itself, or a program.
func NotOperator(id string) bool { return id == ActorSystem || isProgram(id) }

// CommandLine returns the actor for anyone with a shell on the server, and with it
// the database and the master secret. They may do everything.
func CommandLine() Actor {
	return Actor{
		ID: ActorCommandLine, Name: "Command line",
		can:    func(string) bool { return true },
		has:    func(Role) bool { return true },
		proved: func() bool { return true },
	}
}

// FindOperator returns an operator by ID, name or email address.
func (d *Desk) FindOperator(ctx context.Context, a Actor, who string) (store.Operator, error) {
	if !a.Can(PermissionOperatorsView) {
		return store.Operator{}, ErrForbidden
	}
	return d.operatorBy(ctx, who)
}

func (d *Desk) operatorBy(ctx context.Context, who string) (store.Operator, error) {
	login := ParseLogin(who)
	if who == "" || !lookable(who) || !login.lookable() {
		return store.Operator{}, ErrNotFound
	}
	o, err := d.Store.FindOperator(ctx, who)
	if isNotFound(err) {
		o, err = d.findByLogin(ctx, login)
	}
	if isNotFound(err) {
		return store.Operator{}, ErrNotFound
	}
	if err != nil {
		return store.Operator{}, fmt.Errorf("find operator: %w", err)
	}
	return o, nil
}

// target returns an operator to act on: the actor has the permission, has confirmed
// their identity and holds at least what the operator holds. The actor's commits
// then depend on the operator and their roles.
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
	if !reaches(*a, o.AllRoles(), roles) {
		return store.Operator{}, ErrForbidden
	}
	a.dependOn(o, roles...)
	return o, nil
}

// reaches reports whether the actor holds all of an operator's roles, given by their IDs and as
// [Desk.rolesOf] knows them. One that only a newer version knows may allow anything.
func reaches(a Actor, ids []string, roles []Role) bool {
	unknown := slices.ContainsFunc(ids, func(id string) bool {
		return !slices.ContainsFunc(roles, func(r Role) bool { return r.ID == id })
	})
	return (!unknown || a.CanGrant(Role{All: true})) && !slices.ContainsFunc(roles, func(r Role) bool { return !a.CanGrant(r) })
}

// commitAs commits for an actor; see [Actor.still] and [Desk.second].
func (d *Desk) commitAs(ctx context.Context, a Actor, what string, writes ...store.Write) error {
	if a.seenBy != nil {
		return ErrSeeingAs
	}
	writes, err := d.second(ctx, a, writes)
	if err != nil {
		return err
	}
	err = d.Commit(ctx, a.still(writes...)...)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrLastSuperAdministrator):
		return ErrLastSuperAdministrator
	case isConflict(err), isNotFound(err):
		return ErrChanged
	}
	return fmt.Errorf("%s: %w", what, err)
}

// signature is the name that emails give for the actor; empty for programs.
func signature(a Actor) string {
	if a.program() {
		return ""
	}
	return a.Name
}
