package memstore

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/postern-go/postern/store"
)

func (s *Store) putPreSession(u *undo, w store.PutPreSession) error {
	p := w.PreSession
	if _, ok := s.operators[p.OperatorID]; !ok {
		return store.ErrNotFound
	}
	if _, had := s.preSessions[p.Digest]; had {
		return store.ErrExists
	}
	if w.Keep > 0 {
		s.endOldest(u, p.OperatorID, w.Keep-1)
	}
	p.CreatedAt = store.Time(p.CreatedAt)
	p.ExpiresAt = store.Time(p.ExpiresAt)
	put(u, s.preSessions, p.Digest, p)
	return nil
}

// endOldest ends all pre-sessions of an operator but the newest ones.
func (s *Store) endOldest(u *undo, operatorID string, keep int) {
	var others []store.PreSession
	for _, p := range s.preSessions {
		if p.OperatorID == operatorID {
			others = append(others, p)
		}
	}
	slices.SortFunc(others, func(a, b store.PreSession) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), bytes.Compare(a.Digest[:], b.Digest[:]))
	})
	for _, p := range others[min(len(others), keep):] {
		remove(u, s.preSessions, p.Digest)
	}
}

func (s *Store) endPreSession(u *undo, w store.EndPreSession) error {
	if _, ok := s.preSessions[w.Digest]; !ok {
		return store.ErrNotFound
	}
	remove(u, s.preSessions, w.Digest)
	return nil
}
