package sqlstore

import (
	"context"
	"errors"

	"github.com/postern-go/postern/store"
)

const selectToken = `SELECT digest, purpose, subject, created_at, expires_at, used_at, created_by
	FROM postern_tokens WHERE digest = ? AND purpose = ?`

func scanToken(r row) (t store.Token, err error) {
	err = r.Scan(digest(&t.Digest), &t.Purpose, &t.Subject, at(&t.CreatedAt), at(&t.ExpiresAt), at(&t.UsedAt),
		&t.CreatedBy)
	return t, err
}

// FindToken implements [store.Tokens].
func (s *Store) FindToken(ctx context.Context, d store.Digest, purpose string) (store.Token, error) {
	t, err := find(ctx, s, scanToken, selectToken, d, purpose)
	return t, s.wrap("find token", err)
}

// putToken inserts before it revokes, so that it finds an existing token even if
// that would be among the revoked ones.
func (t *tx) putToken(ctx context.Context, n store.Token) error {
	const (
		insert = `INSERT INTO postern_tokens (digest, purpose, subject, created_at, expires_at, used_at, created_by)
			VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
		revoke = `DELETE FROM postern_tokens WHERE subject = ? AND purpose = ? AND used_at = 0 AND digest <> ?`
	)
	err := t.must(ctx, store.ErrExists, insert, n.Digest, n.Purpose, n.Subject, n.CreatedAt, n.ExpiresAt, n.UsedAt,
		n.CreatedBy)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, revoke, n.Subject, n.Purpose, n.Digest)
	return err
}

func (t *tx) consumeToken(ctx context.Context, w store.ConsumeToken) error {
	const consume = `UPDATE postern_tokens SET used_at = ?
		WHERE digest = ? AND purpose = ? AND used_at = 0 AND expires_at > ?`
	if micros(w.Now) == 0 {
		return errors.New("now is not set") // the token would stay unused
	}
	n, err := t.exec(ctx, consume, w.Now, w.Digest, w.Purpose, w.Now)
	if err != nil || n > 0 {
		return err
	}
	token, err := find(ctx, t, scanToken, selectToken, w.Digest, w.Purpose)
	switch {
	case err != nil:
		return err
	case !token.UsedAt.IsZero():
		return store.ErrUsed
	}
	return store.ErrExpired
}

func (t *tx) revokeTokens(ctx context.Context, w store.RevokeTokens) error {
	const (
		all = `DELETE FROM postern_tokens WHERE subject = ? AND used_at = 0`
		one = all + ` AND purpose = ?`
	)
	if w.Purpose == "" {
		_, err := t.exec(ctx, all, w.Subject)
		return err
	}
	_, err := t.exec(ctx, one, w.Subject, w.Purpose)
	return err
}
