package desk

import (
	"context"
	"fmt"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/store"
)

// TestMail sends a test email to the actor.
func (d *Desk) TestMail(ctx context.Context, a Actor, v Visit) error {
	if err := a.may(PermissionParametersManage); err != nil {
		return err
	}
	o, err := d.Store.FindOperator(ctx, a.ID)
	if isNotFound(err) {
		return ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("find operator: %w", err)
	}
	if _, err := d.count(ctx, a, "test-mail", testMails, limitWindow); err != nil {
		return err
	}
	letter, err := d.tellOwner(v, o, letters.TestMessage, signature(a))
	if err != nil {
		return err
	}
	event := d.Audit(v, "mail.tested", Success).Actor(a).Target(o).Write()
	return d.commitAs(ctx, a, "send test email", letter, event)
}

// TestMailTo sends a test email to any email address and returns the id of the
// email. Only the command line may: an operator must not write to strangers in the
// office's name.
func (d *Desk) TestMailTo(ctx context.Context, a Actor, v Visit, email string) (string, error) {
	if a.ID != ActorCommandLine {
		return "", ErrForbidden
	}
	bad := &InvalidError{}
	to := cleanEmail("email", email, bad)
	if err := bad.Err(); err != nil {
		return "", err
	}
	o, err := d.Store.FindOperatorByLogin(ctx, loginKey(to))
	if isNotFound(err) {
		o, err = store.Operator{Email: to}, nil
	}
	if err != nil {
		return "", fmt.Errorf("find operator: %w", err)
	}
	letter, err := d.tellOwner(v, o, letters.TestMessage, "")
	if err != nil {
		return "", err
	}
	event := d.Audit(v, "mail.tested", Success).Actor(a).Thing("mail", letter.Mail.ID, to).Write()
	return letter.Mail.ID, d.commitAs(ctx, a, "send test email", letter, event)
}

// testMails is how many test emails an operator may send in 15 minutes.
const testMails = 10
