package memstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/postern-go/postern/store"
)

// FindToken implements [store.Tokens].
func (s *Store) FindToken(ctx context.Context, d store.Digest, purpose string) (store.Token, error) {
	if err := ctx.Err(); err != nil {
		return store.Token{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	t, ok := s.tokens[d]
	if !ok || t.Purpose != purpose {
		return store.Token{}, missing("token")
	}
	t.Sealed = bytes.Clone(t.Sealed)
	return t, nil
}

// ListTokens implements [store.OpenTokens].
func (s *Store) ListTokens(ctx context.Context, q store.TokenQuery) ([]store.Token, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []store.Token
	for _, t := range s.tokens {
		switch {
		case t.Purpose != q.Purpose, t.Home == "", (t.Home == q.Home) == q.Others:
		case !t.UsedAt.IsZero(), !t.ExpiresAt.After(store.Time(q.Now)):
		case q.After != nil && byHome(t, *q.After) <= 0:
		default:
			found = append(found, t)
		}
	}
	slices.SortFunc(found, byHome)
	found = found[:min(len(found), store.PageLimit(q.Limit))]
	for i := range found {
		found[i].Sealed = bytes.Clone(found[i].Sealed)
	}
	return found, nil
}

func byHome(a, b store.Token) int {
	return cmp.Or(cmp.Compare(a.Home, b.Home), a.ExpiresAt.Compare(store.Time(b.ExpiresAt)), bytes.Compare(a.Digest[:], b.Digest[:]))
}

func (s *Store) putToken(u *undo, w store.PutToken) error {
	t := w.Token
	if _, had := s.tokens[t.Digest]; had {
		return store.ErrExists
	}
	s.revoke(u, func(other store.Token) bool {
		return other.Subject == t.Subject && other.Purpose == t.Purpose && (t.CreatedBy != "" || other.CreatedBy == "")
	})
	t.CreatedAt = store.Time(t.CreatedAt)
	t.ExpiresAt = store.Time(t.ExpiresAt)
	t.UsedAt = store.Time(t.UsedAt)
	t.Sealed = bytes.Clone(t.Sealed)
	put(u, s.tokens, t.Digest, t)
	return nil
}

func (s *Store) consumeToken(u *undo, w store.ConsumeToken) error {
	t, ok := s.tokens[w.Digest]
	now := store.Time(w.Now)
	switch {
	case !ok || t.Purpose != w.Purpose:
		return store.ErrNotFound
	case !t.UsedAt.IsZero():
		return store.ErrUsed
	case !now.Before(t.ExpiresAt):
		return store.ErrExpired
	}
	t.UsedAt = now
	put(u, s.tokens, t.Digest, t)
	return nil
}

func (s *Store) revokeTokens(u *undo, w store.RevokeTokens) {
	s.revoke(u, func(t store.Token) bool {
		return t.Subject == w.Subject && (w.Purpose == "" || t.Purpose == w.Purpose)
	})
}

// revoke deletes the unused tokens for which the condition is true.
func (s *Store) revoke(u *undo, which func(store.Token) bool) {
	for d, t := range s.tokens {
		if t.UsedAt.IsZero() && which(t) {
			remove(u, s.tokens, d)
		}
	}
}
