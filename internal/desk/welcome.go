package desk

import (
	"context"
	"time"

	"github.com/postern-go/postern/store"
)

// Welcome sets the first password of an invited operator. It does not sign in.
// After *InvalidError the link still works, ten times; then it is revoked, which
// is ErrLink.
func (d *Desk) Welcome(ctx context.Context, v Visit, f LinkForm) error {
	o, t, err := d.linked(ctx, v, d.invites, "operator.invitation_refused", f.Token)
	if err != nil {
		return err
	}
	if o.State != store.OperatorInvited || d.PasswordElsewhere(o) {
		d.Audit(v, "operator.invitation_refused", Refused).Target(o).Because(d.whyNoLink(o)).Record(ctx)
		return ErrLink
	}
	return d.spending(ctx, v, t, "operator.invitation_refused", func(ctx context.Context) error { return d.welcome(ctx, v, o, f) })
}

// welcome is Welcome for the operator of the link.
func (d *Desk) welcome(ctx context.Context, v Visit, o store.Operator, f LinkForm) error {
	bad := &InvalidError{}
	d.checkNewPassword(o, f.Password, f.Again, bad)
	d.checkBreached(ctx, v, o, f.Password, bad)
	if err := bad.Err(); err != nil {
		return err
	}
	if err := d.setPassword(ctx, &o, f.Password); err != nil {
		return err
	}
	o.State, o.InviteExpiresAt = store.OperatorActive, time.Time{}
	event := d.Audit(v, "operator.invitation_used", Success).By(o).Target(o).Write()
	writes := append([]store.Write{
		d.invites.Spend(f.Token), store.PutOperator{Operator: o},
		store.EndSessions{OperatorID: o.ID, All: true}, store.RevokeTokens{Subject: o.ID}, event,
	}, d.passwordKeys(o)...)
	return linkCommitError(d.Commit(ctx, writes...))
}
