package desk

import (
	"context"
	"fmt"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// StepUpPasskey returns the options with which a browser asks for a passkey to confirm the
// operator's identity, or "" if they have none that can be used.
func (d *Desk) StepUpPasskey(ctx context.Context, id *Identity) (options string, err error) {
	if !id.Passkey || !d.HasPasskeys() {
		return "", nil
	}
	factors, err := d.Store.ListFactors(ctx, id.Operator.ID)
	if err != nil {
		return "", fmt.Errorf("list factors: %w", err)
	}
	if len(d.usable(factors)) == 0 {
		return "", nil
	}
	o := store.Operator{ID: id.Operator.ID, Email: id.Operator.Email, Name: id.Operator.Name}
	return d.usePasskeyOptions(o, factors, sessionAsked(toStepUp, id))
}

// StepUpWithPasskey is StepUp with a passkey. One that has checked its user is enough. With
// another one comes the password: then the two are as much as a password and a code.
func (d *Desk) StepUpWithPasskey(ctx context.Context, v Visit, id *Identity, text, plain string) (string, error) {
	if !d.HasPasskeys() {
		return "", ErrNoPasskeys
	}
	o := store.Operator{ID: id.Operator.ID, Name: id.Operator.Name}
	a, err := d.answer(sessionAsked(toStepUp, id), text)
	if err != nil {
		return "", d.unanswered(ctx, v, o, err)
	}
	ctx, done := counted(ctx)
	defer done()
	prove, second := d.countPasskeyAgain, passkeyResponse(o.ID)
	if plain != "" {
		prove = func(ctx context.Context, v Visit, id *Identity, second response) (store.SignInView, *attempt, error) {
			return d.proveAgain(ctx, v, id, plain, second, "step_up.refused")
		}
	}
	view, try, err := prove(ctx, v, id, second)
	if err != nil {
		return "", err
	}
	defer try.takeBack(ctx) // what was checked was right, even if the rest fails
	proved, err := d.checkPasskey(ctx, v, view, a, try)
	if err != nil {
		return "", err
	}
	if plain == "" && !proved.passkey.use.UserVerified {
		return "", invalid("password", "required", messages.New("passkey.problem.password_too"))
	}
	return d.provedAgain(ctx, v, id, view.Operator, try, second.row, proved)
}

// countPasskeyAgain reads what proveAgain does for a step-up without the password, and counts
// the passkey alone.
func (d *Desk) countPasskeyAgain(ctx context.Context, v Visit, id *Identity, second response) (store.SignInView, *attempt, error) {
	view, err := d.stepUpView(ctx, v, id)
	if err != nil {
		return view, nil, err
	}
	try := &attempt{d: d}
	try.seeOperator(view)
	try.addCode(second.row)
	if err := try.count(ctx); err != nil {
		d.limitedCode(ctx, v, view.Operator, second.factor, err)
		return view, nil, err
	}
	why, err := d.whyNoAccess(ctx, &account{view: view, operator: view.Operator, known: true})
	if err != nil {
		try.takeBack(ctx)
		return view, nil, err
	}
	if why != "" {
		try.takeBack(ctx) // the passkey was not checked
		d.Audit(v, "step_up.refused", Failure).By(view.Operator).Target(view.Operator).Session(id.Session).Because(why).Record(ctx)
		return view, nil, ErrCredentials
	}
	return view, try, nil
}
