package garden

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"

	"github.com/postern-go/postern/mail"
)

// Person is somebody as a company sign-in tells of them.
type Person struct {
	// ID is the company's own and never changes.
	ID, Name, Email string
}

// FromCompany returns the member that the person is, and makes one at their
// first sign-in. The company is trusted to know whose an address is: an account
// that was made with it here becomes theirs, and its password and sessions are
// gone.
func (g *Garden) FromCompany(ctx context.Context, p Person) (Member, error) {
	var id string
	err := g.change(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT id FROM members WHERE company_id = ?`, p.ID).Scan(&id)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		err = tx.QueryRowContext(ctx, `UPDATE members SET company_id = ?, password = '' WHERE email_key = ? RETURNING id`,
			p.ID, mail.FoldEmailAddress(p.Email)).Scan(&id)
		if err == nil {
			_, err = tx.ExecContext(ctx, `DELETE FROM member_sessions WHERE member_id = ?`, id)
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		m := Member{ID: rand.Text(), Name: p.Name, Email: p.Email, JoinedAt: g.now()}
		var invalid *InvalidError
		if err := taken(ctx, tx, m, &InvalidError{}); errors.As(err, &invalid) {
			// Only the name can be: two people may share one.
			m.Name = fmt.Sprintf("%s (%s)", p.Name, p.ID)
		} else if err != nil {
			return err
		}
		id = m.ID
		return insertMember(ctx, tx, m, "", p.ID)
	})
	if err != nil {
		return Member{}, fmt.Errorf("sign in from company: %w", err)
	}
	return g.Find(ctx, id)
}
