package desk

import (
	"context"
	"fmt"
	"time"

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

// breachTime is how long the host's checker may take; then it has not answered.
const breachTime = 3 * time.Second

// breached asks the host's checker about a password of the operator's. That it
// does not answer is written down and never a hit: the embedded list has decided,
// and the next sign-in asks again (ASVS 6.2.12).
func (d *Desk) breached(ctx context.Context, v Visit, o store.Operator, plain string) []password.Reason {
	asked, cancel := context.WithTimeout(ctx, breachTime)
	defer cancel()
	reasons, err := password.CheckBreached(asked, d.Breaches, plain)
	if err != nil {
		d.Log.WarnContext(ctx, "breached passwords not asked", "operator", o.ID, "error", err)
		d.Audit(v, "password.breaches_unknown", Failure).Target(o).Note(ctx)
	}
	return reasons
}

// checkBreached adds to bad that a new password has become public elsewhere. It
// comes last, because it may leave the building.
func (d *Desk) checkBreached(ctx context.Context, v Visit, o store.Operator, plain string, bad *InvalidError) {
	if bad.Err() == nil {
		bad.addReasons("password", d.breached(ctx, v, o, plain))
	}
}

// recheckBreached asks about a password that somebody has just signed in with,
// and makes them change it before anything else when it is public by now.
func (d *Desk) recheckBreached(ctx context.Context, v Visit, o store.Operator, plain string) (store.Operator, error) {
	if d.Breaches == nil || d.PasswordElsewhere(o) || o.MustChangePassword || len(d.breached(ctx, v, o, plain)) == 0 {
		return o, nil
	}
	o.MustChangePassword, o.UpdatedAt = true, d.now()
	event := d.Audit(v, "password.breached", Success).System().Target(o).Write()
	if err := d.Commit(ctx, store.PutOperator{Operator: o}, event); err != nil {
		return o, signInError(err)
	}
	o.Version++
	return o, nil
}

// setPassword hashes a checked password into the operator.
func (d *Desk) setPassword(ctx context.Context, o *store.Operator, plain string) error {
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
	o.MustChangePassword, o.PasswordBy = false, ""
	return nil
}
