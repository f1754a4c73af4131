package desk

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

// Requirements returns what a new password needs, for the forms that set one, in a language.
func (d *Desk) Requirements(in *messages.Language) []password.Requirement {
	needs := d.Settings().Password(d.Now()).Requirements()
	for i, r := range needs {
		key := "password.need." + r.Code
		if r.Code == password.CodeReused && r.Min == 1 {
			key = "password.need.not_last"
		}
		needs[i].Text = in.Text(key, "n", max(r.Min, r.Max), "strength", messages.New("password.strength."+strconv.Itoa(r.Min)))
	}
	return needs
}

// contextWords returns the words that a password of this operator must not be made
// from (ASVS 6.1.2).
func (d *Desk) contextWords(o store.Operator) []string {
	return password.ContextWords(password.Context{
		Office: d.Name(), Alias: d.Alias(), Origin: d.Origin,
		Login: o.Name, Email: o.Email, Name: o.Name, Extra: append([]string{d.Config.Name}, d.Words...),
	})
}

// checkNewPassword adds to bad what is wrong with a new password, except that it
// was used before.
func (d *Desk) checkNewPassword(o store.Operator, plain, again string, bad *InvalidError) {
	if plain == "" {
		bad.Add("password", "required", messages.New("password.required"))
		return
	}
	if plain != again {
		bad.Add("password_again", "differs", messages.New("password.differs"))
	}
	bad.addReasons("password", d.Settings().Password(d.Now()).Check(plain, d.contextWords(o)))
}

// checkReused adds to bad that the operator had the password before, or has it now and
// must change it. That confirms a guess, so it comes last, after the current password or
// the second factor.
func (d *Desk) checkReused(ctx context.Context, o store.Operator, plain string, bad *InvalidError) error {
	s, now := d.Settings(), d.Now()
	policy := s.Password(now)
	most := policy.History
	if o.MustChangePassword || s.PasswordExpired(o.PasswordSetAt, now) {
		most = max(most, 1)
	}
	earlier := append([]string{o.Password}, o.PasswordHistory...)
	if o.Password == "" {
		earlier = earlier[1:]
	}
	for _, e := range earlier[:min(len(earlier), most)] {
		used, err := d.Hasher.Reused(waiting(ctx, insider(o.ID)), plain, []string{e})
		if err != nil {
			return fmt.Errorf("compare with earlier passwords: %w", err)
		}
		if used {
			bad.addReasons("password", []password.Reason{policy.Reason(password.CodeReused)})
			break
		}
	}
	return nil
}

// breachTime is how long the host's checker may take.
const breachTime = 3 * time.Second

// breached asks the host's checker about the operator's password. If it does not
// answer, that is audited and the password accepted: the embedded list has
// passed it, and the next sign-in asks again (ASVS 6.2.12).
func (d *Desk) breached(ctx context.Context, v Visit, o store.Operator, plain string) []password.Reason {
	asked, cancel := context.WithTimeout(ctx, breachTime)
	defer cancel()
	reasons, err := password.CheckBreached(asked, d.Breaches, plain)
	if err != nil {
		d.Log.WarnContext(ctx, "breached passwords not looked up", "operator", o.ID, "error", err)
		d.Audit(v, "password.breaches_unknown", Failure).Target(o).Record(ctx)
	}
	return reasons
}

// checkBreached adds to bad that a new password has become public. It comes last,
// because the question may leave this server.
func (d *Desk) checkBreached(ctx context.Context, v Visit, o store.Operator, plain string, bad *InvalidError) {
	if bad.Err() == nil {
		bad.addReasons("password", d.breached(ctx, v, o, plain))
	}
}

// recheckBreached looks up a password that was just signed in with. If it has
// become public, the operator must change it before anything else.
func (d *Desk) recheckBreached(ctx context.Context, v Visit, o store.Operator, plain string) (store.Operator, error) {
	if d.Breaches == nil || d.PasswordElsewhere(o) || o.MustChangePassword || len(d.breached(ctx, v, o, plain)) == 0 {
		return o, nil
	}
	o.MustChangePassword, o.UpdatedAt = true, d.Now()
	event := d.Audit(v, "password.breached", Success).System().Target(o).Write()
	if err := d.Commit(ctx, store.PutOperator{Operator: o}, event); err != nil {
		return o, signInError(err)
	}
	o.Version++
	return o, nil
}

// setPassword sets the hash of a checked password.
func (d *Desk) setPassword(ctx context.Context, o *store.Operator, plain string) error {
	encoded, err := d.Hasher.Hash(waiting(ctx, insider(o.ID)), plain)
	if err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	if o.Password != "" {
		o.PasswordHistory = append([]string{o.Password}, o.PasswordHistory...)
	}
	keep := d.Settings().Password(d.Now()).History
	o.PasswordHistory = o.PasswordHistory[:min(len(o.PasswordHistory), keep)]
	o.Password, o.PasswordSetAt, o.UpdatedAt = encoded, d.Now(), d.Now()
	o.MustChangePassword, o.PasswordBy = false, ""
	return nil
}
