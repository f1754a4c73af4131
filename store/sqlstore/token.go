package sqlstore

import (
	"context"
	"errors"

	"github.com/postern-go/postern/store"
)

const (
	tokenColumns = `digest, purpose, subject, created_at, expires_at, used_at, created_by, home, sealed`
	selectToken  = `SELECT ` + tokenColumns + ` FROM postern_tokens WHERE digest = ? AND purpose = ?`
)

func scanToken(r row) (t store.Token, err error) {
	err = r.Scan(digest(&t.Digest), &t.Purpose, &t.Subject, at(&t.CreatedAt), at(&t.ExpiresAt), at(&t.UsedAt),
		&t.CreatedBy, &t.Home, blob(&t.Sealed))
	return t, err
}

// FindToken implements [store.Tokens].
func (s *Store) FindToken(ctx context.Context, d store.Digest, purpose string) (store.Token, error) {
	t, err := find(ctx, s, scanToken, selectToken, d, purpose)
	return t, s.wrap("find token", err)
}

// ListTokens implements [store.OpenTokens].
func (s *Store) ListTokens(ctx context.Context, q store.TokenQuery) ([]store.Token, error) {
	// With Others, what is before it and what is after it are read apart, so that
	// the index skips its own tokens, however many there are.
	ranges := []string{`home = ?`}
	if q.Others {
		ranges = []string{`home < ?`, `home > ?`}
	}
	var found []store.Token
	for _, within := range ranges {
		// The first two conditions are those of the index.
		f := filter{conditions: []string{`used_at = 0`, `home <> ''`}}
		f.and(`purpose = ?`, q.Purpose)
		f.and(within, q.Home)
		if q.After != nil {
			from, args := s.dialect.after([]string{`home`, `expires_at`, `digest`}, `>`, []any{q.After.Home, q.After.ExpiresAt, q.After.Digest})
			f.and(from, args...)
		}
		f.and(`expires_at > ?`, q.Now)
		query := `SELECT ` + tokenColumns + ` FROM postern_tokens` + f.where() + ` ORDER BY home, expires_at, digest LIMIT ?`
		rows, err := list(ctx, s, scanToken, query, f.with(store.PageLimit(q.Limit)-len(found))...)
		if err != nil {
			return nil, s.wrap("list tokens", err)
		}
		if found = append(found, rows...); len(found) == store.PageLimit(q.Limit) {
			break
		}
	}
	return found, nil
}

func (t *tx) putToken(n store.Token) {
	const (
		insert = `INSERT INTO postern_tokens (` + tokenColumns + `)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
		all    = `DELETE FROM postern_tokens WHERE subject = ? AND purpose = ? AND used_at = 0 AND digest <> ?`
		theirs = all + ` AND created_by = ''`
	)
	// Inserted before others are revoked, so that it finds an existing token even if
	// that would be among them.
	t.insert(store.ErrExists, insert, n.Digest, n.Purpose, n.Subject, n.CreatedAt, n.ExpiresAt, n.UsedAt, n.CreatedBy, n.Home, n.Sealed)
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
