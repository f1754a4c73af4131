package memstore

import (
	"context"
	"slices"
	"time"

	"github.com/postern-go/postern/store"
)

// ClaimAnswer implements [store.Answers].
func (s *Store) ClaimAnswer(ctx context.Context, now time.Time, a store.Answer) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	defer s.change()()
	if found, ok := s.answers[a.Key]; ok && store.Time(now).Before(found.ExpiresAt) {
		return false, nil
	}
	a.Sealed, a.ExpiresAt = nil, store.Time(a.ExpiresAt)
	s.answers[a.Key] = a
	return true, nil
}

// SettleAnswer implements [store.Answers].
func (s *Store) SettleAnswer(ctx context.Context, a store.Answer) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	defer s.change()()
	found, ok := s.answers[a.Key]
	switch {
	case !ok || found.Claim != a.Claim:
	case len(a.Sealed) == 0:
		delete(s.answers, a.Key)
	default:
		a.Sealed, a.ExpiresAt = slices.Clone(a.Sealed), store.Time(a.ExpiresAt)
		s.answers[a.Key] = a
	}
	return nil
}

// FindAnswer implements [store.Answers].
func (s *Store) FindAnswer(ctx context.Context, key store.Digest) (store.Answer, error) {
	if err := ctx.Err(); err != nil {
		return store.Answer{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	a, ok := s.answers[key]
	if !ok {
		return store.Answer{}, missing("answer")
	}
	a.Sealed = slices.Clone(a.Sealed)
	return a, nil
}
