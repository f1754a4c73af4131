package desk

import (
	"context"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// ChangeEmail changes an operator's email address. It takes effect immediately, for
// emails, resets and signing in: the actor vouches for it. Both addresses are notified,
// and someone in the old mailbox cannot go on; see mailboxEnded. It returns
// *InvalidError for a member, whose email address is changed in the community, and
// ErrChanged if the operator is invited: invite the new address instead.
func (d *Desk) ChangeEmail(ctx context.Context, a Actor, v Visit, id string, version int64, email string) error {
	o, err := d.target(ctx, &a, PermissionOperatorsManage, id)
	if err != nil {
		return err
	}
	if version != o.Version || o.State == store.OperatorInvited {
		return ErrChanged
	}
	bad, before := &InvalidError{}, o
	o.Email = cleanEmail(email, bad)
	if o.Email == before.Email {
		bad.Add("email", "same", messages.New("operators.email.same"))
	}
	if err := bad.Err(); err != nil {
		return err
	}
	Keyed(&o)
	if d.isMember(o.MemberID) {
		return invalid("email", "elsewhere", messages.New("operators.email.in_community"))
	}
	if err := d.makeRoom(ctx, v, o); err != nil {
		return err
	}
	if err := d.checkLogins(ctx, before, o, "email"); err != nil {
		return err
	}
	event := d.Audit(v, "operator.email_changed", Success).Actor(a).Target(o).With("before", before.Email).With("after", o.Email).Write()
	moved, err := d.mailboxMoved(ctx, v, signature(a), before, &o)
	if err != nil {
		return err
	}
	writes := append([]store.Write{store.PutOperator{Operator: o}, event}, moved...)
	return taken(d.countMail(ctx, a, func() error { return d.commitAs(ctx, a, "change email address", writes...) }))
}
