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
