package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postern-go/postern/store"
)

// Identity is the operator who is signed in, as of this request. What its slices
// hold is shared with other requests and must not be changed.
type Identity struct {
	Session  store.Session
	Operator store.SessionOperator
	Roles    []Role
	// TwoFactor reports whether the operator has a second factor.
	TwoFactor bool
	// Passkey reports whether they have a passkey, and PasskeyRequired whether a role or
	// parameter requires one.
	Passkey, PasskeyRequired bool
	// MustAddPasskey allows only the page on which the operator adds a passkey, and
	// MustUsePasskey only the step-up, with a passkey: the session began with less than is
	// required by now.
	MustAddPasskey, MustUsePasskey bool
	// MustEnrol and MustChangePassword allow only the page on which the operator
	// does so.
	MustEnrol, MustChangePassword bool
	// EnrolBy is the day from which an operator without a second factor needs one.
	// It is zero if they need it now, or never.
	EnrolBy time.Time
	// State is the reading of the parameters by which this was decided.
	State *State
	// SeenBy is the operator in the session, if that is another one, who sees the office as
	// this one until SeenUntil and changes nothing. Session is theirs. It is nil for nearly
	// all.
	SeenBy    *Identity
	SeenUntil time.Time

	seeing seeing
	desk   *Desk
}

// Can reports whether one of the operator's roles has the permission. None has one
// that is not declared.
func (id *Identity) Can(permission string) bool { return id.desk.Allowed(id.Roles, permission) }

// Show returns the operator's state as it is shown.
func (id *Identity) Show() store.OperatorShow {
	return store.Operator{State: id.Operator.State, LockedUntil: id.Operator.LockedUntil}.Show(id.desk.Now())
}

// PasswordElsewhere is [Desk.PasswordElsewhere] of the operator.
func (id *Identity) PasswordElsewhere() bool { return id.desk.checkedElsewhere(id.Operator.MemberID) }

// HasRole reports whether the operator has the role, as primary or additional.
func (id *Identity) HasRole(roleID string) bool {
	return slices.ContainsFunc(id.Roles, func(r Role) bool { return r.ID == roleID })
}

// Proved reports whether the operator confirmed their identity recently enough for
// sensitive acts.
func (id *Identity) Proved() bool {
	now, proved := id.desk.Now(), id.Session.ProvedAt
	return now.Before(proved.Add(id.State.Settings.Session.Proof)) && !ahead(proved, now) && !id.MustUsePasskey
}

// MustActFirst reports whether the operator has to finish something about their own account
// or session before anything else opens.
func (id *Identity) MustActFirst() bool {
	return id.MustUsePasskey || id.MustAddPasskey || id.MustEnrol || id.MustChangePassword
}

// Left returns after how long the session ends if it is not used again, and after how long
// it ends at the latest, unless its operator confirms their identity.
func (id *Identity) Left() (unused, atMost time.Duration) {
	now := id.desk.Now()
	return max(0, id.Session.SeenAt.Add(id.State.Settings.Session.Idle).Sub(now)), max(0, id.Session.EndsAt.Sub(now))
}

// Actor returns the operator as an actor.
func (id *Identity) Actor() Actor {
	a := Actor{ID: id.Operator.ID, Name: id.Operator.Name, session: id.Session.ID, version: id.Operator.Version, state: id.State, seenBy: id.SeenBy, can: id.Can, proved: id.Proved, has: func(r Role) bool {
		return id.desk.holdAll(id.Roles, r)
	}}
	a.dependOnRoles(id.Roles...)
	return a
}

// Authenticate returns the operator of a session token, or ErrNoSession, in one read of the store; one more for a
// token without a session. Afterwards the parameters are as fresh as that read.
func (d *Desk) Authenticate(ctx context.Context, v Visit, token string) (*Identity, error) {
	if token == "" {
		return nil, ErrNoSession
	}
	digest := store.DigestOf(token)
	id, err := d.authenticate(ctx, v, digest)
	if isNotFound(err) {
		return nil, d.unknown(ctx, digest)
	}
	return id, err
}

// AuthenticateAgain returns the operator of a session as they are now, or ErrNoSession,
// without keeping the session alive. It is one read of the store; a few more after a
// step-up, which gives the session another token.
func (d *Desk) AuthenticateAgain(ctx context.Context, v Visit, of store.Session) (*Identity, error) {
	v.Passive = true
	id, err := d.authenticate(ctx, v, of.Digest)
	if !isNotFound(err) {
		return id, err
	}
	all, err := d.Store.ListSessions(ctx, of.OperatorID)
	if err != nil {
		return nil, fmt.Errorf("find session: %w", err)
	}
	for _, s := range all {
		if s.ID == of.ID {
			id, err = d.authenticate(ctx, v, s.Digest)
			if !isNotFound(err) {
				return id, err
			}
		}
	}
	return nil, ErrNoSession
}

// authenticate returns the operator of a session, ErrNoSession if it ends now, or
// store.ErrNotFound.
func (d *Desk) authenticate(ctx context.Context, v Visit, digest store.Digest) (*Identity, error) {
	asked := d.clock.Ask()
	view, err := d.Store.FindSession(ctx, digest)
	if err != nil {
		return nil, fmt.Errorf("find session: %w", err)
	}
	d.hear(ctx, asked, view.Reading)
	state, err := d.refresh(ctx, view.Revision)
	if err != nil {
		return nil, err
	}
	now, s, o := d.Now(), &state.Settings, &view.Operator
	roles := d.rolesOf(o.PrimaryRole, o.Roles, view.Roles)
	switch {
	case state.expired(&view.Session, now):
		return nil, d.drop(ctx, v, &view, "session.expired")
	case view.Session.UserAgent != v.UserAgent && view.Session.UserAgent != OneLine(v.UserAgent, 512):
		// A session stays in its browser; a stolen cookie does not.
		return nil, d.drop(ctx, v, &view, "session.browser_changed")
	case !s.AllowsIP(v.IP):
		return nil, d.drop(ctx, v, &view, "session.network_refused")
	case o.State != store.OperatorActive, len(roles) == 0, closedTo(o, true, now) != "":
		return nil, ErrNoSession
	}
	d.moved(ctx, v, &view)
	if !v.Passive && now.Sub(view.Session.SeenAt) >= touchEvery {
		err := d.Store.TouchSession(ctx, digest, now)
		if isNotFound(err) {
			return nil, ErrNoSession
		}
		// While the database takes no writes, pages that only read go on.
		if err != nil && !errors.Is(err, store.ErrReadOnly) {
			return nil, fmt.Errorf("touch session: %w", err)
		}
		if err == nil {
			view.Session.SeenAt = now
		}
	}
	id := &Identity{Session: view.Session, Operator: view.Operator, Roles: roles, TwoFactor: view.TwoFactor, State: state, desk: d}
	by := Method(view.Session.Method)
	id.Passkey, id.PasskeyRequired = view.Passkey, requiresPasskey(s.PasskeyWho, roles)
	if id.PasskeyRequired && by != MethodCompanyResistant {
		id.MustUsePasskey, id.MustAddPasskey = view.Passkey && by != MethodPasskey, !view.Passkey
	}
	if !view.TwoFactor && !by.elsewhere() && !id.MustAddPasskey {
		id.MustEnrol = mustHaveTwoFactor(s.TwoFactor(now), roles)
	}
	if !view.TwoFactor {
		if mustHaveTwoFactor(s.TwoFactorWho, roles) {
			id.EnrolBy = s.TwoFactorFrom(now)
		}
	}
	id.MustChangePassword = !id.PasswordElsewhere() && !d.passwordUnused(id) &&
		(o.MustChangePassword || s.PasswordExpired(o.PasswordSetAt, now))
	return id, nil
}

// own reads the operator who is signed in, because the identity lacks what is
// needed to change them or to check their password. It returns ErrNoSession or
// ErrChanged if they were changed since the request began.
func (d *Desk) own(ctx context.Context, id *Identity) (store.Operator, error) {
	o, err := d.Store.FindOperator(ctx, id.Operator.ID)
	switch {
	case isNotFound(err):
		return store.Operator{}, ErrNoSession
	case err != nil:
		return store.Operator{}, fmt.Errorf("find operator: %w", err)
	case o.Version != id.Operator.Version:
		return store.Operator{}, ErrChanged
	}
	return o, nil
}

// drop ends a session that must not continue, and returns ErrNoSession. If the end
// cannot be stored the session is refused all the same, as every request checks it
// again.
func (d *Desk) drop(ctx context.Context, v Visit, view *store.SessionView, code string) error {
	event := d.Audit(v, code, Success).System().Thing("operator", view.Operator.ID, view.Operator.Name).Session(view.Session).Write()
	if err := d.Commit(ctx, store.EndSessions{OperatorID: view.Operator.ID, ID: view.Session.ID}, event); err != nil {
		d.Log.ErrorContext(ctx, "session not ended", "error", err)
	}
	return ErrNoSession
}

// SignOut ends a session.
func (d *Desk) SignOut(ctx context.Context, v Visit, id *Identity) error {
	event := d.Audit(v, "session.ended", Success).In(id).Because("signed out").Write()
	if err := d.Commit(ctx, store.EndSessions{OperatorID: id.Operator.ID, ID: id.Session.ID}, event); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}
