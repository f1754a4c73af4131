package desk

import (
	"context"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// StepUp confirms the operator's identity with the password, and a code if they
// have a second factor. The session gets a new token, and its idle and absolute
// times start again (63B-4 section 5.2).
func (d *Desk) StepUp(ctx context.Context, v Visit, id *Identity, plain, code string) (string, error) {
	o := id.Operator
	ctx, done := counted(ctx)
	defer done()
	writes, err := d.proveAgain(ctx, v, id, plain, "step_up.refused")
	if err != nil {
		return "", err
	}
	factor := "password"
	if id.TwoFactor {
		second, err := d.checkSecond(ctx, v, o, code)
		if err != nil {
			return "", err
		}
		if err := d.recordRecovery(v, o, second); err != nil {
			return "", err
		}
		writes, factor = append(writes, second.writes...), second.factor
	}
	token, fresh := d.rotated(id)
	now := d.Now()
	fresh.ProvedAt, fresh.EndsAt = now, now.Add(id.State.Settings.Session.Absolute)
	event := d.Audit(v, "step_up.succeeded", Success).By(o).Target(o).Session(fresh).With("factor", factor).Write()
	writes = append(writes,
		store.CheckOperator{ID: o.ID, Version: o.Version},
		store.ReplaceSession{Old: id.Session.Digest, New: fresh}, event)
	if err := d.Commit(ctx, writes...); err != nil {
		return "", sessionError(d.spent(ctx, v, o, err))
	}
	return token, nil
}

// proveAgain checks the password of a signed-in operator and returns the writes to
// commit if they succeed. The limits are as for a name at the sign-in page, in
// a row of their own; wrong passwords also count towards disabling the password.
//
// A disabled password, which strangers can bring about, is still accepted inside a
// session. Guesses there are limited by their own row, and it stays disabled for
// signing in.
func (d *Desk) proveAgain(ctx context.Context, v Visit, id *Identity, plain, refused string) ([]store.Write, error) {
	o := id.Operator
	try, err := d.rowAttempt(ctx, operatorKey("step-up", o.ID), d.stepUpLimit())
	if err != nil {
		return nil, err
	}
	a := account{operator: o, known: true, memberID: o.MemberID, byMember: d.PasswordElsewhere(o)}
	ok, _, err := d.tryPassword(ctx, try, a, plain)
	if err != nil {
		return nil, err
	}
	if _, err := try.hitPassword(ctx, a, ""); err != nil {
		return nil, err
	}
	why, err := d.whyRefused(ctx, a, ok)
	if err != nil {
		return nil, err
	}
	if why != "" {
		d.Audit(v, refused, Failure).By(o).Target(o).Session(id.Session).Because(why).Record(ctx)
		return nil, ErrCredentials
	}
	// The password was correct, even if the rest of the form is refused.
	try.takeBack(ctx)
	return try.succeeded(), nil
}

// rotated returns the session with a new token.
func (d *Desk) rotated(id *Identity) (string, store.Session) {
	token := vault.Token()
	fresh := id.Session
	fresh.Digest, fresh.SeenAt = store.DigestOf(token), d.Now()
	return token, fresh
}

// sessionError turns a change that a commit found into an error of the desk.
func sessionError(err error) error {
	switch {
	case err == nil:
		return nil
	case isNotFound(err):
		return ErrNoSession
	case isConflict(err):
		return ErrChanged
	}
	return err
}
