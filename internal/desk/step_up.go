package desk

import (
	"context"
	"slices"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// StepUp confirms the operator's identity with the password, and a code if they
// have a second factor. The session gets a new token, and its idle and absolute
// times start again (63B-4 section 5.2).
func (d *Desk) StepUp(ctx context.Context, v Visit, id *Identity, plain, code string) (string, error) {
	if id.MustUsePasskey || id.PasskeyRequired && id.Passkey {
		return "", d.codeUnaccepted(ctx, v, store.Operator{ID: id.Operator.ID, Name: id.Operator.Name})
	}
	var second response
	var malformed error
	if id.TwoFactor {
		second, malformed = d.parseSecond(id.Operator.ID, code)
	}
	if malformed != nil {
		second = response{} // which is said after the password only
	}
	ctx, done := counted(ctx)
	defer done()
	view, try, err := d.proveAgain(ctx, v, id, plain, second, "step_up.refused")
	if err != nil {
		return "", err
	}
	defer try.takeBack(ctx) // the password was correct, even if the rest fails
	if malformed != nil {
		return "", malformed
	}
	o, proved := view.Operator, proof{method: MethodPassword}
	if id.TwoFactor {
		if proved, err = d.checkSecond(ctx, v, view, second, try); err != nil {
			return "", err
		}
	}
	return d.provedAgain(ctx, v, id, o, try, second.row, proved)
}

// provedAgain gives the session a new token after a step-up. While only the company sign-in is
// accepted, nothing else makes a session last longer: otherwise whoever has left the company
// could go on with a passkey.
func (d *Desk) provedAgain(ctx context.Context, v Visit, id *Identity, o store.Operator, try *attempt, row string, proved proof) (string, error) {
	token, fresh := d.rotated(id)
	now := d.Now()
	fresh.ProvedAt, fresh.EndsAt, fresh.Method = now, now.Add(id.State.Settings.Session.Absolute), string(proved.method)
	if proved.provider == "" && d.passwordBarred(o) {
		fresh.EndsAt = id.Session.EndsAt // only the company says who may go on
	}
	if proved.provider != "" && id.Session.Provider != "" {
		fresh.Provider = proved.provider // a fresh sign-in there may be another session there
	}
	event := d.Audit(v, "step_up.succeeded", Success).By(o).Target(o).Session(fresh).With("factor", proved.method.factor()).Write()
	writes := append(slices.Concat(try.succeeded(), proved.writes),
		store.CheckOperator{ID: o.ID, Version: id.Operator.Version},
		store.ReplaceSession{Old: id.Session.Digest, New: fresh}, event)
	if err := d.Commit(ctx, writes...); err != nil {
		try.keepCounted(row)
		return "", sessionError(d.unspent(ctx, v, o, false, proved, err))
	}
	try.done()
	return token, nil
}

// stepUpView reads everything by which a step-up is decided.
func (d *Desk) stepUpView(ctx context.Context, v Visit, id *Identity) (store.SignInView, error) {
	view, err := d.findSignIn(ctx, v, store.SignInQuery{OperatorID: id.Operator.ID})
	if isNotFound(err) {
		return view, ErrNoSession
	}
	return view, err
}

// proveAgain checks the password of a signed-in operator, and counts a second factor
// with it that is checked next, if there is one. It returns what was read of the
// operator, and the attempt, to be committed or taken back. The limits are as for a
// name at the sign-in page, in a row of their own; wrong passwords also count towards
// disabling the password.
//
// A disabled password, which strangers can bring about, is still accepted inside a
// session. Guesses there are limited by their own row.
func (d *Desk) proveAgain(ctx context.Context, v Visit, id *Identity, plain string, second response, refused string) (store.SignInView, *attempt, error) {
	view, err := d.stepUpView(ctx, v, id)
	if err != nil {
		return view, nil, err
	}
	o := view.Operator
	a := account{operator: o, known: true, view: view, memberID: o.MemberID, byMember: d.PasswordElsewhere(o), caller: insider(o.ID)}
	try, own := &attempt{d: d}, operatorKey("step-up", o.ID)
	try.seeOperator(view)
	try.addRow(own, d.stepUpLimit(), d.stepUpLimit().Max)
	try.addPassword(a, Login{})
	if second.row != "" {
		try.addCode(second.row)
	}
	if err := try.count(ctx); err != nil {
		if try.refused == second.row {
			d.limitedCode(ctx, v, o, second.factor, err)
		}
		return view, nil, err
	}
	passwords := []string{own, operatorKey("password", o.ID)}
	ok, _, err := d.tryPassword(ctx, try, a, plain)
	why := ""
	if err == nil {
		why, err = d.whyRefused(ctx, &a, ok)
	}
	if err != nil {
		try.keepCounted(passwords...)
		try.takeBack(ctx)
		return view, nil, err
	}
	if why != "" {
		if second.row != "" {
			try.right = []string{second.row} // the code was not checked
		}
		d.Audit(v, refused, Failure).By(o).Target(o).Session(id.Session).Because(why).Record(ctx, try.failed()...)
		return view, nil, ErrCredentials
	}
	try.right = passwords
	return view, try, nil
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
