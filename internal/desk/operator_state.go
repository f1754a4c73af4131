package desk

import (
	"context"
	"strings"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/store"
)

// Disable disables an operator and ends their sessions, known browsers and links. They are notified
// by email.
func (d *Desk) Disable(ctx context.Context, a Actor, v Visit, id, reason string) error {
	o, err := d.target(ctx, &a, PermissionOperatorsManage, id)
	if err != nil {
		return err
	}
	if o.State == store.OperatorDisabled {
		return ErrChanged
	}
	was := o
	o.State, o.UpdatedAt, o.InviteExpiresAt = store.OperatorDisabled, d.Now(), zero
	if err := d.keepOne(ctx, was, o); err != nil {
		return err
	}
	event := d.Audit(v, "operator.disabled", Success).Actor(a).Target(o).Because(reason).With("before", string(was.State)).Write()
	letter, err := d.tellOwner(v, o, letters.AccountDisabled, signature(a))
	if err != nil {
		return err
	}
	return d.countStranger(ctx, a, was, func() error {
		return d.commitAs(ctx, a, "disable", store.PutOperator{Operator: o}, store.EndSessions{OperatorID: o.ID, All: true},
			store.DeleteBrowsers{OperatorID: o.ID, All: true}, store.RevokeTokens{Subject: o.ID}, event, letter)
	})
}

// Enable enables a disabled operator and notifies them by email. One who never
// chose a password is invited again instead.
func (d *Desk) Enable(ctx context.Context, a Actor, v Visit, id string) error {
	o, err := d.target(ctx, &a, PermissionOperatorsManage, id)
	if err != nil {
		return err
	}
	if o.State != store.OperatorDisabled {
		return ErrChanged
	}
	o.State, o.UpdatedAt = store.OperatorActive, d.Now()
	var writes []store.Write
	if o.Password == "" && o.Subject == "" && !d.PasswordElsewhere(o) {
		o.State = store.OperatorInvited
		_, writes, err = d.renewInvitation(ctx, a, &o, letters.Occasion{})
	} else {
		var told store.EnqueueMail
		told, err = d.tellOwner(v, o, letters.AccountEnabled, signature(a))
		writes = []store.Write{told}
	}
	if err != nil {
		return err
	}
	event := d.Audit(v, "operator.enabled", Success).Actor(a).Target(o).With("after", string(o.State)).Write()
	return d.countStranger(ctx, a, o, func() error {
		return d.commitAs(ctx, a, "enable", append(writes, store.PutOperator{Operator: o}, event)...)
	})
}

// Delete deletes an operator with their sessions, links and authenticator apps, and
// notifies them by email. Audit entries stay, with the name as it was.
func (d *Desk) Delete(ctx context.Context, a Actor, v Visit, id, reason string) error {
	o, err := d.target(ctx, &a, PermissionOperatorsManage, id)
	if err != nil {
		return err
	}
	if err := d.keepOne(ctx, o, store.Operator{}); err != nil {
		return err
	}
	event := d.Audit(v, "operator.deleted", Success).Actor(a).Target(o).Because(reason).With("roles", strings.Join(o.AllRoles(), " ")).Write()
	letter, err := d.tellOwner(v, o, letters.AccountDisabled, signature(a))
	if err != nil {
		return err
	}
	return d.commitAs(ctx, a, "delete", store.DeleteOperator{ID: o.ID, Version: o.Version}, event, letter)
}
