package desk

import (
	"context"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// ChangeEmail gives an operator another e-mail address. It counts at once, for
// mails, resets and signing in: whoever changes it vouches for it. Both
// addresses are told; sessions and links on their way end, so that nobody who
// is in the old mailbox goes on. ErrChanged for who is invited: invite the other
// address instead.
func (d *Desk) ChangeEmail(ctx context.Context, a Actor, v Visit, id string, version int64, email string) error {
	o, err := d.target(ctx, &a, PermissionOperatorsManage, id)
	if err != nil {
		return err
	}
	if version != o.Version || o.State == store.OperatorInvited {
		return ErrChanged
	}
	bad, before := &InvalidError{}, o
	o.Email = cleanEmail("email", email, bad)
	if o.Email == before.Email {
		bad.Add("email", "same", "This is the address already.")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	Keyed(&o)
	o.UpdatedAt = d.Now()
	event := d.Audit(v, "operator.email_changed", Success).Actor(a).Target(o).With("before", before.Email).With("after", o.Email).Write()
	writes := []store.Write{store.PutOperator{Operator: o}, store.EndSessions{OperatorID: o.ID},
		store.RevokeTokens{Subject: o.ID, Purpose: store.PurposeReset}, event}
	for _, to := range []store.Operator{before, o} {
		told, err := d.tellOwner(v, to, func(n letters.Notice) mail.Letter {
			return letters.EmailChanged(n, before.Email, o.Email)
		}, signature(a))
		if err != nil {
			return err
		}
		writes = append(writes, told)
	}
	return taken(d.countMail(ctx, a, func() error { return d.commitAs(ctx, a, "change e-mail address", writes...) }))
}
