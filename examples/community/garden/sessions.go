package garden

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"time"
)

// SessionLife is how long a member stays signed in.
const SessionLife = 14 * 24 * time.Hour

// BeginSession signs a member in and returns the token for the cookie. The
// database keeps its SHA-256 only.
func (g *Garden) BeginSession(ctx context.Context, memberID string) (string, error) {
	token := rand.Text()
	err := g.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM member_sessions WHERE ends_at <= ?`, g.now().Unix()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO member_sessions (digest, member_id, ends_at) VALUES (?, ?, ?)`,
			digest(token), memberID, g.now().Add(SessionLife).Unix())
		return err
	})
	if err != nil {
		return "", fmt.Errorf("begin session: %w", err)
	}
	return token, nil
}

// FindSession returns who is signed in under the token, or ErrNotFound.
func (g *Garden) FindSession(ctx context.Context, token string) (Member, error) {
	return g.member(ctx, `SELECT `+memberColumns+` FROM members
		WHERE id = (SELECT member_id FROM member_sessions WHERE digest = ? AND ends_at > ?)`,
		digest(token), g.now().Unix())
}

// EndSession signs out. A session that is over already is not an error.
func (g *Garden) EndSession(ctx context.Context, token string) error {
	if _, err := g.db.ExecContext(ctx, `DELETE FROM member_sessions WHERE digest = ?`, digest(token)); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// EndSessions signs a member out everywhere.
func (g *Garden) EndSessions(ctx context.Context, memberID string) error {
	if _, err := g.db.ExecContext(ctx, `DELETE FROM member_sessions WHERE member_id = ?`, memberID); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

func digest(token string) []byte {
	d := sha256.Sum256([]byte(token))
	return d[:]
}
