package garden

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/postern-go/postern/password"
)

// InvalidError says what is wrong with what was entered.
type InvalidError struct{ Problems []Problem }

// Problem belongs beside a field of a form.
type Problem struct{ Field, Text string }

func (e *InvalidError) Error() string { return fmt.Sprintf("%d fields are not valid", len(e.Problems)) }

func (e *InvalidError) add(field, text string) {
	e.Problems = append(e.Problems, Problem{field, text})
}

func (e *InvalidError) err() error {
	if len(e.Problems) == 0 {
		return nil
	}
	return e
}

// PasswordRules are what a new password needs, for people to read.
func (g *Garden) PasswordRules() []string {
	var rules []string
	for _, r := range g.policy.Requirements() {
		rules = append(rules, r.Text)
	}
	return rules
}

func (g *Garden) checkNew(m Member, plain, again string, bad *InvalidError) {
	words := password.ContextWords(password.Context{Office: Name, Origin: g.origin, Email: m.Email, Name: m.Name})
	for _, reason := range g.policy.Check(plain, words) {
		bad.add("password", reason.Text)
	}
	if plain != again {
		bad.add("password_again", "The two passwords differ. Type the same one twice.")
	}
}

// CheckNewPassword says what is wrong with a password that the member is about
// to set, as an *InvalidError.
func (g *Garden) CheckNewPassword(m Member, plain, again string) error {
	bad := &InvalidError{}
	g.checkNew(m, plain, again, bad)
	return bad.err()
}

// SetPassword gives the member a new password, which CheckNewPassword has
// accepted, and signs them out everywhere.
func (g *Garden) SetPassword(ctx context.Context, id, plain string) error {
	hash, err := g.hasher.Hash(ctx, plain)
	if err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	err = g.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE members SET password = ? WHERE id = ?`, hash, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM member_sessions WHERE member_id = ?`, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	return nil
}
