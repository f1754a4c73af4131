package memstore

import (
	"context"
	"maps"

	"github.com/postern-go/postern/store"
)

// LoadParameters implements [store.ParametersStore].
func (s *Store) LoadParameters(ctx context.Context) (store.Parameters, error) {
	if err := ctx.Err(); err != nil {
		return store.Parameters{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.parameters.Revision == 0 {
		return store.Parameters{}, missing("parameters")
	}
	p := s.parameters
	p.Values, p.Setup = maps.Clone(p.Values), maps.Clone(p.Setup)
	return p, nil
}

// ParametersRevision implements [store.ParametersStore].
func (s *Store) ParametersRevision(ctx context.Context) (store.Reading, error) {
	if err := ctx.Err(); err != nil {
		return store.Reading{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return store.Reading{Revision: s.parameters.Revision}, nil
}

func (s *Store) putParameters(u *undo, w store.PutParameters) error {
	before := s.parameters
	if w.Parameters.Revision != before.Revision {
		return store.ErrConflict
	}
	p := w.Parameters
	p.Revision++
	p.Values, p.Setup = maps.Clone(p.Values), maps.Clone(p.Setup)
	p.ConfirmBy = store.Time(p.ConfirmBy)
	p.SessionsFrom = store.Time(p.SessionsFrom)
	p.UpdatedAt = store.Time(p.UpdatedAt)
	u.steps = append(u.steps, func() { s.parameters = before })
	s.parameters = p
	return nil
}
