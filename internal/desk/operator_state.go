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
// chose a password is invited again instead. If the end of the account has passed, it
// returns an *InvalidError: [Desk.EnableWith] sets another.
func (d *Desk) Enable(ctx context.Context, a Actor, v Visit, id string) error {
	return d.enable(ctx, a, v, id, nil)
}

// EnableWith is Enable with another end, or none.
func (d *Desk) EnableWith(ctx context.Context, a Actor, v Visit, id string, f EndForm) error {
	return d.enable(ctx, a, v, id, &f)
}

// enable enables an operator, whose end stays as it is if f is nil.
func (d *Desk) enable(ctx context.Context, a Actor, v Visit, id string, f *EndForm) error {
	o, err := d.target(ctx, &a, PermissionOperatorsManage, id)
	if err != nil {
		return err
	}
	if o.State != store.OperatorDisabled {
		return ErrChanged
	}
	was := o.EndsAt
	if err := d.newEnd(&o, f); err != nil {
		return err
	}
	a = a.proposing(proposal{Act: ApprovalEnable, ID: o.ID, End: f})
	o.State, o.UpdatedAt = store.OperatorActive, d.Now()
	event := d.Audit(v, "operator.enabled", Success).Actor(a).Target(o)
	if !o.EndsAt.Equal(was) {
		event.With("last_day", endDetail(o.EndsAt))
	}
	commit := func(writes ...store.Write) error {
		letter := letters.AccountEnabled(d.notice(v, o, signature(a)), lastDay(o.EndsAt))
		return d.commitTelling(ctx, a, "enable", o, letter, writes...)
	}
	var link []store.Write
	if o.Password == "" && o.Subject == "" && !d.PasswordElsewhere(o) {
		o.State = store.OperatorInvited
		if _, link, err = d.renewInvitation(ctx, a, &o, letters.Occasion{}); err != nil {
			return err
		}
		commit = func(writes ...store.Write) error { return d.commitAs(ctx, a, "enable", writes...) }
	}
	return d.countStranger(ctx, a, o, func() error {
		return commit(append(link, store.PutOperator{Operator: o}, event.With("after", string(o.State)).Write())...)
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
