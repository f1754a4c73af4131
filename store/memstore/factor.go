package memstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/postern-go/postern/store"
)

// ListFactors implements [store.Factors].
func (s *Store) ListFactors(ctx context.Context, operatorID string) ([]store.Factor, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.factorsOf(operatorID), nil
}

func (s *Store) factorsOf(operatorID string) []store.Factor {
	var found []store.Factor
	for _, id := range s.factorIDs[operatorID] {
		f := s.factors[id]
		f.Secret = bytes.Clone(f.Secret)
		found = append(found, f)
	}
	slices.SortFunc(found, func(a, b store.Factor) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return found
}

// FindRecoverySet implements [store.Factors].
func (s *Store) FindRecoverySet(ctx context.Context, operatorID string) (store.RecoverySet, error) {
	if err := ctx.Err(); err != nil {
		return store.RecoverySet{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	set, ok := s.recovery[operatorID]
	if !ok {
		return store.RecoverySet{}, missing("recovery codes")
	}
	return cloneRecoverySet(set), nil
}

func (s *Store) putFactor(u *undo, w store.PutFactor) error {
	f := w.Factor
	if _, ok := s.operators[f.OperatorID]; !ok {
		return store.ErrNotFound
	}
	if _, had := s.factors[f.ID]; had {
		return store.ErrExists
	}
	if _, taken := s.handles[f.Handle]; taken && !f.Handle.IsZero() {
		return store.ErrExists
	}
	f.Secret = bytes.Clone(f.Secret)
	f.CreatedAt = store.Time(f.CreatedAt)
	f.ConfirmedAt = store.Time(f.ConfirmedAt)
	f.LastUsedAt = store.Time(f.LastUsedAt)
	put(u, s.factors, f.ID, f)
	if !f.Handle.IsZero() {
		put(u, s.handles, f.Handle, f.ID)
	}
	ids := s.factorIDs[f.OperatorID]
	put(u, s.factorIDs, f.OperatorID, append(slices.Clip(ids), f.ID))
	return nil
}

func (s *Store) advanceFactor(u *undo, w store.AdvanceFactor) error {
	f, ok := s.factors[w.ID]
	switch {
	case !ok:
		return store.ErrNotFound
	case w.Counts && w.Step == 0 && f.Step == 0: // it does not count
	case w.Step <= f.Step:
		return store.ErrReplayed
	}
	f.Step = w.Step
	if w.Counts && len(w.Secret) > 0 {
		f.Secret = bytes.Clone(w.Secret)
	}
	f.LastUsedAt = store.Time(w.At)
	put(u, s.factors, f.ID, f)
	return nil
}

func (s *Store) removeFactors(u *undo, w store.RemoveFactors) error {
	if w.All {
		s.removeAllFactors(u, w.OperatorID)
		return nil
	}
	if f, ok := s.factors[w.ID]; !ok || f.OperatorID != w.OperatorID {
		return store.ErrNotFound
	}
	s.removeFactor(u, w.ID)
	ids := slices.Clone(s.factorIDs[w.OperatorID])
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == w.ID })
	put(u, s.factorIDs, w.OperatorID, ids)
	return nil
}

// removeAllFactors removes the operator's factors and recovery codes.
func (s *Store) removeAllFactors(u *undo, operatorID string) {
	for _, id := range s.factorIDs[operatorID] {
		s.removeFactor(u, id)
	}
	remove(u, s.factorIDs, operatorID)
	remove(u, s.recovery, operatorID)
}

// removeFactor removes a factor, and frees its handle.
func (s *Store) removeFactor(u *undo, id string) {
	remove(u, s.handles, s.factors[id].Handle)
	remove(u, s.factors, id)
}

func (s *Store) putRecoverySet(u *undo, w store.PutRecoverySet) error {
	if _, ok := s.operators[w.Set.OperatorID]; !ok {
		return store.ErrNotFound
	}
	set := cloneRecoverySet(w.Set)
	set.CreatedAt = store.Time(set.CreatedAt)
	put(u, s.recovery, set.OperatorID, set)
	return nil
}

func (s *Store) useRecoveryCode(u *undo, w store.UseRecoveryCode) error {
	set := s.recovery[w.OperatorID]
	used := slices.IndexFunc(set.Hashes, func(h []byte) bool { return bytes.Equal(h, w.Hash) })
	if used < 0 {
		return store.ErrUsed
	}
	set.Hashes = slices.Delete(slices.Clone(set.Hashes), used, used+1)
	put(u, s.recovery, w.OperatorID, set)
	return nil
}

func cloneRecoverySet(set store.RecoverySet) store.RecoverySet {
	set.Salt = bytes.Clone(set.Salt)
	set.Hashes = slices.Clone(set.Hashes)
	for i, h := range set.Hashes {
		set.Hashes[i] = bytes.Clone(h)
	}
	return set
}
