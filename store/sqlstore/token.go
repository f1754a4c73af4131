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

func (t *tx) putToken(n store.Token) {
	const (
		insert = `INSERT INTO postern_tokens (digest, purpose, subject, created_at, expires_at, used_at, created_by)
			VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
		all    = `DELETE FROM postern_tokens WHERE subject = ? AND purpose = ? AND used_at = 0 AND digest <> ?`
		theirs = all + ` AND created_by = ''`
	)
	// Inserted before others are revoked, so that it finds an existing token even if
	// that would be among them.
	t.must(store.ErrExists, insert, n.Digest, n.Purpose, n.Subject, n.CreatedAt, n.ExpiresAt, n.UsedAt, n.CreatedBy)
	revoke := all
	if n.CreatedBy == "" {
		revoke = theirs
	}
	t.then(revoke, n.Subject, n.Purpose, n.Digest).apart = true
}

func (t *tx) consumeToken(w store.ConsumeToken) error {
	const consume = `UPDATE postern_tokens SET used_at = ?
		WHERE digest = ? AND purpose = ? AND used_at = 0 AND expires_at > ?`
	if micros(w.Now) == 0 {
		return errors.New("now is not set") // the token would stay unused
	}
	t.must(nil, consume, w.Now, w.Digest, w.Purpose, w.Now).why = func(ctx context.Context) error {
		token, err := find(ctx, t, scanToken, selectToken, w.Digest, w.Purpose)
		switch {
		case err != nil:
			return err
		case !token.UsedAt.IsZero():
			return store.ErrUsed
		}
		return store.ErrExpired
	}
	return nil
}

func (t *tx) revokeTokens(w store.RevokeTokens) {
	const (
		all = `DELETE FROM postern_tokens WHERE subject = ? AND used_at = 0`
		one = all + ` AND purpose = ?`
	)
	if w.Purpose == "" {
		t.then(all, w.Subject)
		return
	}
	t.then(one, w.Subject, w.Purpose)
}
