package desk

import (
	"context"
	"fmt"

	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

// Requirements lists what a new password needs, for the forms that set one.
func (d *Desk) Requirements() []password.Requirement {
	return d.Settings().Password(d.now()).Requirements()
}

// contextWords are what a password of this operator must not be made of (ASVS
// 6.1.2).
func (d *Desk) contextWords(o store.Operator) []string {
	return password.ContextWords(password.Context{
		Office: d.Name(), Alias: d.Alias(), Origin: d.Origin,
		Login: o.Name, Email: o.Email, Name: o.Name, Extra: append([]string{d.Config.Name}, d.Words...),
	})
}

// checkNewPassword adds what is wrong with a new password to bad, but for its
// having been used before.
func (d *Desk) checkNewPassword(o store.Operator, plain, again string, bad *InvalidError) {
	if plain == "" {
		bad.Add("password", "required", "Choose a password.")
		return
	}
	if plain != again {
		bad.Add("password_again", "differs", "The two passwords are not the same. Type the new password twice.")
	}
	bad.addReasons("password", d.Settings().Password(d.now()).Check(plain, d.contextWords(o)))
}

// checkReused adds to bad that the operator had the password before. It tells
// that a guess is right, so it comes last: after the current password or the
// second factor was right, where there is one.
func (d *Desk) checkReused(ctx context.Context, o store.Operator, plain string, bad *InvalidError) error {
	policy := d.Settings().Password(d.now())
	if policy.History == 0 {
		return nil
	}
	earlier := append([]string{o.Password}, o.PasswordHistory...)
	if o.Password == "" {
		earlier = earlier[1:]
	}
	used, err := d.Hasher.Reused(ctx, plain, earlier[:min(len(earlier), policy.History)])
	if err != nil {
		return fmt.Errorf("compare with earlier passwords: %w", err)
	}
	if used {
		bad.Add("password", "reused", "You used this password before. Choose one that is new.")
	}
	return nil
}

// SetPassword hashes a checked password into the operator.
func (d *Desk) SetPassword(ctx context.Context, o *store.Operator, plain string) error {
	encoded, err := d.Hasher.Hash(ctx, plain)
	if err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	if o.Password != "" {
		o.PasswordHistory = append([]string{o.Password}, o.PasswordHistory...)
	}
	keep := d.Settings().Password(d.now()).History
	o.PasswordHistory = o.PasswordHistory[:min(len(o.PasswordHistory), keep)]
	o.Password, o.PasswordSetAt, o.UpdatedAt = encoded, d.now(), d.now()
	o.MustChangePassword = false
	return nil
}
