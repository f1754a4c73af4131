package desk

import (
	"context"
	"strings"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/store"
)

// ResetTwoFactor removes an operator's authenticator apps and recovery codes and
// ends their sessions. It requires a reason. They are notified by email.
func (d *Desk) ResetTwoFactor(ctx context.Context, a Actor, v Visit, id, reason string) error {
	o, err := d.target(ctx, &a, PermissionTwoFactorReset, id)
	if err != nil {
		return err
	}
	reason = strings.TrimSpace(OneLine(reason, 512))
	if reason == "" {
		return invalid("reason", "required", "Say why. It is kept in the audit log.")
	}
	event := d.Audit(v, "two_factor.reset", Success).Actor(a).Target(o).Because(reason).Write()
	told, err := d.tellOwner(v, o, letters.TwoFactorReset, signature(a))
	if err != nil {
		return err
	}
	o.UpdatedAt = d.Now()
	writes, err := d.withLock(ctx, o, d.clearCodeLocks(o))
	if err != nil {
		return err
	}
	writes = append(writes, store.PutOperator{Operator: o}, store.RemoveFactors{OperatorID: o.ID, All: true},
		store.EndSessions{OperatorID: o.ID, All: true}, event, told)
	return d.countStranger(ctx, a, o, func() error { return d.commitAs(ctx, a, "reset two-factor", writes...) })
}
