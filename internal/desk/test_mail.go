package desk

import (
	"context"
	"fmt"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/store"
)

// TestMail sends a mail to whoever asks, to see whether mails arrive.
func (d *Desk) TestMail(ctx context.Context, a Actor, v Visit) error {
	if err := a.may(PermissionParametersManage); err != nil {
		return err
	}
	o, err := d.Store.FindOperator(ctx, a.ID)
	if IsNotFound(err) {
		return ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("find operator: %w", err)
	}
	if err := d.bound(ctx, "test-mail", a.ID, testMails); err != nil {
		return err
	}
	letter, err := d.tellOwner(v, o, letters.TestMessage, signature(a))
	if err != nil {
		return err
	}
	event := d.Audit(v, "mail.tested", Success).Actor(a).Target(o).Write()
	return d.commitAs(ctx, a, "send test mail", letter, event)
}

// TestMailTo sends a test mail to any address, an operator's or not, and
// returns its id, under which it shows what became of it. It is for the command
// line alone: an operator must not write to strangers in the office's name.
func (d *Desk) TestMailTo(ctx context.Context, a Actor, v Visit, address string) (string, error) {
	if a.ID != ActorCommandLine {
		return "", ErrForbidden
	}
	bad := &InvalidError{}
	to := cleanEmail("email", address, bad)
	if err := bad.Err(); err != nil {
		return "", err
	}
	o, err := d.Store.FindOperatorByLogin(ctx, loginKey(to))
	if IsNotFound(err) {
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
	return letter.Mail.ID, d.commitAs(ctx, a, "send test mail", letter, event)
}

// testMails is how many test mails an operator may send in 15 minutes.
const testMails = 10
