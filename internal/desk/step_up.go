package desk

import (
	"context"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// StepUp proves again who is signed in: the password, and a code where there
// is a second factor. The session gets a new token and both its times start
// anew (63B-4 section 5.2).
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
		if err := d.told(v, o, second); err != nil {
			return "", err
		}
		writes, factor = append(writes, second.writes...), second.factor
	}
	token, fresh := d.rotated(id)
	now := d.now()
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

// proveAgain checks the password of who is signed in and returns what to commit
// with a success. Its limits are those of a name at the sign-in page, in a row
// of its own, and wrong passwords count towards disabling the password as well.
//
// A password that is disabled, as strangers can bring about, still proves
// somebody who is in a session: they guess under the other row alone, and it
// stays disabled for signing in.
func (d *Desk) proveAgain(ctx context.Context, v Visit, id *Identity, plain, refused string) ([]store.Write, error) {
	o := id.Operator
	try, err := d.stepUpAttempt(ctx, o)
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
	// The password was right, whatever the rest of the form comes to.
	try.takeBack(ctx)
	return try.succeeded(), nil
}

// rotated is the session under a new token.
func (d *Desk) rotated(id *Identity) (string, store.Session) {
	token := vault.Token()
	fresh := id.Session
	fresh.Digest, fresh.SeenAt = store.DigestOf(token), d.now()
	return token, fresh
}

// sessionError turns what a commit found changed meanwhile into an answer.
func sessionError(err error) error {
	switch {
	case err == nil:
		return nil
	case IsNotFound(err):
		return ErrNoSession
	case isConflict(err):
		return ErrChanged
	}
	return err
}
