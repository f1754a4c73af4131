package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/postern-go/postern/reset"
	"github.com/postern-go/postern/store"
)

// A page asks whether a link works before it shows the form, so that no one chooses a
// password in vain. Nothing is spent, and a link that does not work is counted, limited and
// audited as if it had been used: asking tells no more than using it, and costs as much.

// CheckReset reports whether a reset link works, and whether using it takes a second factor.
// It returns ErrLink if it does not work, and *MisplacedError if it does on another page.
func (d *Desk) CheckReset(ctx context.Context, v Visit, token string) (code bool, err error) {
	view, err := d.checkLink(ctx, v, d.resets, "password.reset_refused", token)
	return len(view.Factors) > 0, err
}

// ResetPasskey returns the options with which a browser asks for a passkey in place of a code,
// given a reset link that works, or "" if the account has none that can be used. It counts
// nothing: ask once CheckReset, or Reset, has found that the link works.
func (d *Desk) ResetPasskey(ctx context.Context, token string) (options string, err error) {
	t, err := d.resets.Find(ctx, token)
	if err != nil {
		return "", linkError(err)
	}
	view, err := d.findSignIn(ctx, Visit{}, store.SignInQuery{OperatorID: t.Subject})
	if isNotFound(err) {
		return "", ErrLink
	}
	if err != nil || len(d.usable(view.Factors)) == 0 {
		return "", err
	}
	return d.usePasskeyOptions(view.Operator, view.Factors, linkAsked(toReset, t.Digest, view.Operator.ID))
}

// CheckWelcome is CheckReset for the link of an invitation.
func (d *Desk) CheckWelcome(ctx context.Context, v Visit, token string) error {
	_, err := d.checkLink(ctx, v, d.invites, "operator.invitation_refused", token)
	return err
}

func (d *Desk) checkLink(ctx context.Context, v Visit, links *reset.Links, refused, token string) (store.SignInView, error) {
	view, _, try, err := d.linked(ctx, v, links, refused, token)
	if err != nil {
		return view, err
	}
	try.takeBack(ctx)
	return view, nil
}

// CheckSetup is CheckReset for the link that sets the office up. It returns ErrSetUp if there
// are operators.
func (d *Desk) CheckSetup(ctx context.Context, v Visit, token string) error {
	try, over, err := d.linkAttempt(ctx, v)
	if err != nil {
		return err
	}
	_, wrong := d.setup.Find(ctx, token)
	switch {
	case wrong != nil && !errors.Is(wrong, reset.ErrLink):
		return fmt.Errorf("find link: %w", wrong)
	case wrong != nil && over != nil:
		return over
	}
	has, err := d.IsSetUp(ctx)
	if err != nil {
		return err
	}
	if err := d.misplaced(ctx, v, token, wrong); err != nil {
		try.takeBack(ctx)
		return err
	}
	if has {
		return ErrSetUp
	}
	if wrong != nil {
		d.Audit(v, "setup.refused", Refused).Because(wrong.Error()).Record(ctx)
		return linkProblem(token)
	}
	try.takeBack(ctx)
	return nil
}
