package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// ChangePassword changes the operator's own password. A wrong current password
// counts like a failed sign-in. Other sessions end, and this one gets the token
// that is returned. It returns ErrElsewhere if the community keeps the password.
func (d *Desk) ChangePassword(ctx context.Context, v Visit, id *Identity, current, plain, again string) (string, error) {
	if id.PasswordElsewhere() {
		return "", ErrElsewhere
	}
	bad := &InvalidError{}
	if d.CompanyOnly() && !id.HasRole(RoleSuperAdministrator) {
		bad.Add("password", "company_only", messages.New("company.only"))
	}
	d.checkNewPassword(store.Operator{Name: id.Operator.Name, Email: id.Operator.Email}, plain, again, bad)
	if current == "" {
		bad.Add("current_password", "required", messages.New("password.current.required"))
	}
	if err := bad.Err(); err != nil {
		return "", err
	}
	ctx, done := counted(ctx)
	defer done()
	view, try, err := d.proveAgain(ctx, v, id, current, response{}, "password.change_refused")
	if errors.Is(err, ErrCredentials) {
		bad.Add("current_password", "wrong", messages.New("password.current.wrong"))
		return "", bad
	}
	if err != nil {
		return "", err
	}
	defer try.takeBack(ctx) // the password was correct, even if the rest fails
	o := view.Operator
	if current == plain {
		bad.Add("password", "reused", messages.New("password.current.same"))
	} else if err := d.checkReused(ctx, o, plain, bad); err != nil {
		return "", err
	}
	d.checkBreached(ctx, v, o, plain, bad)
	if err := bad.Err(); err != nil {
		return "", err
	}
	if err := d.setPassword(ctx, &o, plain); err != nil {
		return "", err
	}
	more, err := d.passwordSet(v, o, "password.changed")
	if err != nil {
		return "", err
	}
	writes := append(try.succeeded(), store.PutOperator{Operator: o}, store.RevokeTokens{Subject: o.ID, Purpose: store.PurposeReset})
	// The failures were with the old password, which strangers may have disabled.
	if writes, err = d.withLock(ctx, o, append(writes, d.passwordKeys(o)...)); err != nil {
		return "", err
	}
	token, err := d.commitOwn(ctx, id, append(writes, more...))
	if err == nil {
		try.done()
	}
	return token, err
}

// commitOwn commits a change to the operator's own account. Every other session
// ends, and this one gets the token that is returned (ASVS 7.2.4, 7.4.3).
func (d *Desk) commitOwn(ctx context.Context, id *Identity, writes []store.Write) (string, error) {
	token, fresh := d.rotated(id)
	writes = append(writes,
		store.EndSessions{OperatorID: id.Operator.ID, Except: id.Session.ID, All: true},
		store.ReplaceSession{Old: id.Session.Digest, New: fresh})
	if err := d.Commit(ctx, writes...); err != nil {
		return "", sessionError(err)
	}
	return token, nil
}

// Rename changes the operator's own name, with which they can also sign in, after
// a step-up. It emails them.
func (d *Desk) Rename(ctx context.Context, v Visit, id *Identity, name string) error {
	if !id.Proved() {
		return ErrStepUp
	}
	bad := &InvalidError{}
	name = d.operatorName(name, bad)
	if err := bad.Err(); err != nil {
		return err
	}
	o, err := d.own(ctx, id)
	if err != nil {
		return err
	}
	before, was := o, o.Name
	o.Name = name
	Keyed(&o)
	if err := d.checkLogins(ctx, before, o, "email"); err != nil {
		return err
	}
	o.UpdatedAt = d.Now()
	event := d.Audit(v, "operator.renamed", Success).In(id).Target(o).With("before", was).With("after", o.Name).Write()
	told, err := d.tellOwner(v, before, func(n letters.Notice) mail.Letter {
		return letters.NameChanged(n, was, o.Name)
	}, "")
	if err != nil {
		return err
	}
	err = d.Commit(ctx, store.PutOperator{Operator: o}, event, told)
	if errors.Is(err, store.ErrNameTaken) {
		bad.Add("name", "taken", nameTaken)
		return bad
	}
	if err != nil {
		return fmt.Errorf("store name: %w", sessionError(err))
	}
	return nil
}
