package desk

import (
	"context"
	"encoding/base32"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// zero is the time that means none.
var zero time.Time

// targetIn returns an operator to act on who is invited, or who is active with a password
// that the office keeps. For anyone else it says which act fits instead.
func (d *Desk) targetIn(ctx context.Context, a *Actor, id string, state store.OperatorState) (store.Operator, error) {
	o, err := d.target(ctx, a, PermissionOperatorsManage, id)
	if err == nil {
		err = d.checkState(o, state)
	}
	return o, err
}

// checkState returns ErrElsewhere, or a *NotNowError that says which act fits, unless the
// operator is in a state.
func (d *Desk) checkState(o store.Operator, state store.OperatorState) error {
	elsewhere := o.State == store.OperatorActive && d.PasswordElsewhere(o)
	switch {
	case o.State == state && !elsewhere:
		return nil
	case elsewhere:
		return ErrElsewhere
	case o.State == store.OperatorDisabled:
		return &NotNowError{closedTexts[letters.ClosedDisabled]}
	case o.State == store.OperatorInvited:
		return &NotNowError{messages.New(notYetChosen)}
	}
	return &NotNowError{messages.New(chosen)}
}

// letIn is targetIn for an act that gives an operator a way in.
func (d *Desk) letIn(ctx context.Context, a *Actor, id string, state store.OperatorState) (store.Operator, error) {
	o, err := d.targetIn(ctx, a, id, state)
	if err == nil && state == store.OperatorActive && d.passwordBarred(o) {
		err = &NotNowError{messages.New("company.only")} // it would be a way to a password
	}
	if err == nil {
		err = d.checkOpen(ctx, o)
	}
	return o, err
}

// SendReset emails an operator a link to a new password. If they have two-factor
// authentication, the link also asks for it.
func (d *Desk) SendReset(ctx context.Context, a Actor, v Visit, id string) error {
	o, err := d.letIn(ctx, &a, id, store.OperatorActive)
	if err != nil {
		return err
	}
	put, letter, err := d.resetMail(v, o, a.ID)
	if err != nil {
		return err
	}
	event := d.Audit(v, "password.reset_sent", Success).Actor(a).Target(o).Write()
	return d.countMail(ctx, a, func() error { return d.commitAs(ctx, a, "send reset mail", put, letter, event) })
}

// PasswordLink returns a new link to a new password, for handing over if emails do
// not arrive, and when it expires. It works once, and earlier links end. The
// operator is notified by email.
func (d *Desk) PasswordLink(ctx context.Context, a Actor, v Visit, id string) (string, time.Time, error) {
	o, err := d.letIn(ctx, &a, id, store.OperatorActive)
	if err != nil {
		return "", zero, err
	}
	url, put, err := d.newLink(d.resets.MakeCode, "reset", o, a)
	if err != nil {
		return "", zero, err
	}
	event := d.Audit(v, "password.link_made", Success).Actor(a).Target(o).Write()
	told, err := d.tellOwner(v, o, func(n letters.Notice) mail.Letter {
		return letters.PasswordLinkMade(n, put.Token.ExpiresAt)
	}, signature(a))
	if err != nil {
		return "", zero, err
	}
	if err := d.commitAs(ctx, a, "make link", put, event, told); err != nil {
		return "", zero, err
	}
	return url, put.Token.ExpiresAt, nil
}

// RequireNewPassword marks an operator's password as compromised: they are signed
// out everywhere, no browser stays known, and their next sign-in leads only to the page
// that changes it (ASVS 6.2.10). They are notified by email. It returns ErrChanged if
// they must change it already.
func (d *Desk) RequireNewPassword(ctx context.Context, a Actor, v Visit, id, reason string) error {
	o, err := d.targetIn(ctx, &a, id, store.OperatorActive)
	if err != nil {
		return err
	}
	if o.MustChangePassword {
		return ErrChanged
	}
	o.MustChangePassword, o.UpdatedAt = true, d.Now()
	event := d.Audit(v, "password.compromised", Success).Actor(a).Target(o).Because(reason).Write()
	told, err := d.tellOwner(v, o, letters.PasswordCompromised, signature(a))
	if err != nil {
		return err
	}
	return d.commitAs(ctx, a, "require new password", store.PutOperator{Operator: o},
		store.EndSessions{OperatorID: o.ID, All: true}, store.DeleteBrowsers{OperatorID: o.ID, All: true}, event, told)
}

// TemporaryPassword replaces an operator's password by a generated one and returns
// it, with when it stops working. It gives access only to the page that changes it.
// Two-factor authentication does not change; sessions end; the operator is notified
// by email. It returns ErrForbidden unless the parameter allows it.
func (d *Desk) TemporaryPassword(ctx context.Context, a Actor, v Visit, id string) (string, time.Time, error) {
	if !d.Settings().TemporaryPasswords {
		return "", zero, ErrForbidden
	}
	o, err := d.letIn(ctx, &a, id, store.OperatorActive)
	if err != nil {
		return "", zero, err
	}
	plain := grouped(strings.ToLower(base32.StdEncoding.EncodeToString(vault.Random(15))))
	if err := d.setPassword(ctx, &o, plain); err != nil {
		return "", zero, err
	}
	o.MustChangePassword, o.PasswordBy = true, a.ID
	event := d.Audit(v, "password.temporary", Success).Actor(a).Target(o).Write()
	told, err := d.tellOwner(v, o, func(n letters.Notice) mail.Letter {
		return letters.TemporaryPassword(n, d.temporaryUntil(o))
	}, signature(a))
	if err != nil {
		return "", zero, err
	}
	writes, err := d.withLock(ctx, o, d.passwordKeys(o))
	if err != nil {
		return "", zero, err
	}
	writes = append(writes, store.PutOperator{Operator: o}, store.EndSessions{OperatorID: o.ID, All: true},
		store.DeleteBrowsers{OperatorID: o.ID, All: true}, store.RevokeTokens{Subject: o.ID, Purpose: store.PurposeReset}, event, told)
	if err := d.commitAs(ctx, a, "set temporary password", writes...); err != nil {
		return "", zero, err
	}
	return plain, d.temporaryUntil(o), nil
}

// temporaryUntil returns when a temporary password stops working; zero if the
// operator has none.
func (d *Desk) temporaryUntil(o store.Operator) time.Time {
	if o.PasswordBy == "" || d.PasswordElsewhere(o) {
		return time.Time{}
	}
	return o.PasswordSetAt.Add(d.Settings().TemporaryLife)
}
