package memstore

import "github.com/postern-go/postern/store"

func (s *Store) putPreSession(u *undo, w store.PutPreSession) error {
	p := w.PreSession
	if _, ok := s.operators[p.OperatorID]; !ok {
		return store.ErrNotFound
	}
	if _, had := s.preSessions[p.Digest]; had {
		return store.ErrExists
	}
	p.CreatedAt = store.Time(p.CreatedAt)
	p.ExpiresAt = store.Time(p.ExpiresAt)
	put(u, s.preSessions, p.Digest, p)
	return nil
}

func (s *Store) endPreSession(u *undo, w store.EndPreSession) error {
	if _, ok := s.preSessions[w.Digest]; !ok {
		return store.ErrNotFound
	}
	remove(u, s.preSessions, w.Digest)
	return nil
}
