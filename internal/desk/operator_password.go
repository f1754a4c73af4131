package desk

import (
	"context"
	"encoding/base32"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// zero is a time that is not set.
var zero time.Time

// passwordHere finds somebody active whose password is kept here.
func (d *Desk) passwordHere(ctx context.Context, a *Actor, id string) (store.Operator, error) {
	o, err := d.target(ctx, a, PermissionOperatorsManage, id)
	switch {
	case err != nil:
		return o, err
	case d.PasswordElsewhere(o):
		return o, ErrElsewhere
	case o.State != store.OperatorActive:
		return o, ErrChanged
	}
	return o, nil
}

// SendReset mails somebody a link to a new password. Whoever has two-factor
// authentication needs it there, too.
func (d *Desk) SendReset(ctx context.Context, a Actor, v Visit, id string) error {
	o, err := d.passwordHere(ctx, &a, id)
	if err != nil {
		return err
	}
	writes, err := d.resetMail(v, o, a.ID)
	if err != nil {
		return err
	}
	event := d.Audit(v, "password.reset_sent", Success).Actor(a).Target(o).Write()
	return d.countMail(ctx, a, func() error { return d.commitAs(ctx, a, "send reset mail", append(writes, event)...) })
}

// PasswordLink makes a link to a new password for handing over, when no mail
// arrives. It is shown once, works once, and ends older ones. They are told by
// mail that there is one.
func (d *Desk) PasswordLink(ctx context.Context, a Actor, v Visit, id string) (string, time.Time, error) {
	o, err := d.passwordHere(ctx, &a, id)
	if err != nil {
		return "", zero, err
	}
	url, put, err := d.newLink(d.Resets, "reset", o, a)
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

// TemporaryPassword gives somebody a generated password that opens nothing but
// the page that changes it, and stops signing in when its time is over, which is
// returned. Only where the parameter allows it. Two-factor authentication stays
// as it is; sessions end; they are told by mail.
func (d *Desk) TemporaryPassword(ctx context.Context, a Actor, v Visit, id string) (string, time.Time, error) {
	if !d.Settings().TemporaryPasswords {
		return "", zero, ErrForbidden
	}
	o, err := d.passwordHere(ctx, &a, id)
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
	writes = append(writes, store.PutOperator{Operator: o}, store.EndSessions{OperatorID: o.ID},
		store.RevokeTokens{Subject: o.ID, Purpose: store.PurposeReset}, event, told)
	if err := d.commitAs(ctx, a, "set temporary password", writes...); err != nil {
		return "", zero, err
	}
	return plain, d.temporaryUntil(o), nil
}

// temporaryUntil is when a password that somebody else made for handing over
// stops signing in; zero for any other one.
func (d *Desk) temporaryUntil(o store.Operator) time.Time {
	if o.PasswordBy == "" || d.PasswordElsewhere(o) {
		return time.Time{}
	}
	return o.PasswordSetAt.Add(d.Settings().TemporaryLife)
}
