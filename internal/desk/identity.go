package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/postern-go/postern/store"
)

// Identity is who is signed in, as of this request.
type Identity struct {
	Session  store.Session
	Operator store.Operator
	Roles    []Role
	// TwoFactor says whether there is a usable second factor.
	TwoFactor bool
	// MustEnrol and MustChangePassword open nothing but the page that ends
	// them.
	MustEnrol, MustChangePassword bool
	// EnrolBy is when they must have a second factor who have none yet; zero
	// when they must now, or need not.
	EnrolBy time.Time
	// State is the reading of the parameters the decision was made under.
	State *State

	desk  *Desk
	token string
}

// Can says whether the operator's roles, together, reach the permission. One
// that nobody declared is never reached.
func (id *Identity) Can(permission string) bool { return id.desk.Allowed(id.Roles, permission) }

// Show is the operator's state as it is shown.
func (id *Identity) Show() store.OperatorShow { return id.Operator.Show(id.desk.now()) }

// HasRole says whether the operator has the role, as primary or additional.
func (id *Identity) HasRole(roleID string) bool {
	return slices.ContainsFunc(id.Roles, func(r Role) bool { return r.ID == roleID })
}

// Proved says whether the operator proved who they are recently enough for
// what is dangerous.
func (id *Identity) Proved() bool {
	return id.desk.now().Before(id.Session.ProvedAt.Add(id.State.Settings.Session.Proof))
}

// Actor is the operator as the one who does something.
func (id *Identity) Actor() Actor {
	a := Actor{ID: id.Operator.ID, Name: id.Operator.Name, session: id.Session.ID, version: id.Operator.Version, can: id.Can, proved: id.Proved, has: func(r Role) bool {
		return id.desk.holdAll(id.Roles, r)
	}}
	a.dependOnRoles(id.Roles...)
	return a
}

// EndsAt is when the session ends unless it is used before.
func (id *Identity) EndsAt() time.Time {
	idle := id.desk.now().Add(id.State.Settings.Session.Idle)
	if idle.After(id.Session.EndsAt) {
		return id.Session.EndsAt
	}
	return idle
}

// Authenticate says who a session token stands for, in one read of the store,
// or ErrNoSession. The parameters are as fresh as that read afterwards.
func (d *Desk) Authenticate(ctx context.Context, v Visit, token string) (*Identity, error) {
	if token == "" {
		return nil, ErrNoSession
	}
	digest := store.DigestOf(token)
	view, err := d.Store.FindSession(ctx, digest)
	if IsNotFound(err) {
		return nil, ErrNoSession
	}
	if err != nil {
		return nil, fmt.Errorf("find session: %w", err)
	}
	state, err := d.refresh(ctx, view.Revision)
	if err != nil {
		return nil, err
	}
	now, s := d.now(), state.Settings
	roles := d.rolesOf(view.Operator, view.Roles)
	switch {
	case !now.Before(view.Session.EndsAt), !now.Before(view.Session.SeenAt.Add(s.Session.Idle)):
		return nil, d.drop(ctx, v, view, "session.expired")
	case view.Session.UserAgent != OneLine(v.UserAgent, 512):
		// A browser does not become another one; a stolen cookie's does.
		return nil, d.drop(ctx, v, view, "session.browser_changed")
	case view.Operator.State != store.OperatorActive, len(roles) == 0:
		return nil, ErrNoSession
	}
	if now.Sub(view.Session.SeenAt) >= touchEvery {
		err := d.Store.TouchSession(ctx, digest, now)
		if IsNotFound(err) {
			return nil, ErrNoSession
		}
		if err != nil {
			return nil, fmt.Errorf("touch session: %w", err)
		}
	}
	id := &Identity{
		Session: view.Session, Operator: view.Operator, Roles: roles, TwoFactor: view.TwoFactor,
		State: state, desk: d, token: token,
	}
	if !view.TwoFactor {
		id.MustEnrol = mustHaveTwoFactor(s.TwoFactor(now), roles)
		if mustHaveTwoFactor(s.TwoFactorWho, roles) {
			id.EnrolBy = s.TwoFactorFrom(now)
		}
	}
	id.MustChangePassword = !d.PasswordElsewhere(view.Operator) &&
		(view.Operator.MustChangePassword || s.Password(now).Expired(view.Operator.PasswordSetAt, now))
	return id, nil
}

// drop ends a session that must not go on. If that cannot be written, the
// session stays as dead, because every request judges it again.
func (d *Desk) drop(ctx context.Context, v Visit, view store.SessionView, code string) error {
	event := d.Audit(v, code, Success).System().Target(view.Operator).Session(view.Session).Write()
	if err := d.Commit(ctx, store.EndSessions{OperatorID: view.Operator.ID, ID: view.Session.ID}, event); err != nil {
		d.Log.ErrorContext(ctx, "session not ended", "error", err)
	}
	return ErrNoSession
}

// SignOut ends a session.
func (d *Desk) SignOut(ctx context.Context, v Visit, id *Identity) error {
	event := d.Audit(v, "session.ended", Success).By(id.Operator).Session(id.Session).Because("signed out").Write()
	if err := d.Commit(ctx, store.EndSessions{OperatorID: id.Operator.ID, ID: id.Session.ID}, event); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}
