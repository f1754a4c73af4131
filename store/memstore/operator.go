package memstore

import (
	"context"
	"slices"
	"time"

	"github.com/postern-go/postern/store"
)

// FindOperator implements [store.Operators].
func (s *Store) FindOperator(ctx context.Context, id string) (store.Operator, error) {
	if err := ctx.Err(); err != nil {
		return store.Operator{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.operator(id)
}

// FindOperatorByLogin implements [store.Operators].
func (s *Store) FindOperatorByLogin(ctx context.Context, key string) (store.Operator, error) {
	if err := ctx.Err(); err != nil {
		return store.Operator{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.operator(s.login(key))
}

// login returns the id of the operator with the key, or "".
func (s *Store) login(key string) string {
	if key == "" {
		return ""
	}
	if id, ok := s.names[key]; ok {
		return id
	}
	return s.emails[key]
}

// FindOperatorByMember implements [store.Operators].
func (s *Store) FindOperatorByMember(ctx context.Context, memberID string) (store.Operator, error) {
	if err := ctx.Err(); err != nil {
		return store.Operator{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.operator(s.members[memberID])
}

// operator returns a copy of the operator, for callers outside.
func (s *Store) operator(id string) (store.Operator, error) {
	o, ok := s.operators[id]
	if !ok {
		return store.Operator{}, missing("operator")
	}
	return cloneOperator(o), nil
}

// HasOperators implements [store.Operators].
func (s *Store) HasOperators(ctx context.Context) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.operators) > 0, nil
}

func (s *Store) putOperator(u *undo, w store.PutOperator) error {
	o := cloneOperator(w.Operator)
	o.PasswordSetAt = store.Time(o.PasswordSetAt)
	o.InviteExpiresAt = store.Time(o.InviteExpiresAt)
	o.CreatedAt = store.Time(o.CreatedAt)
	o.UpdatedAt = store.Time(o.UpdatedAt)
	o.LastActiveAt = store.Time(o.LastActiveAt)
	o.LockedUntil = store.Time(o.LockedUntil)
	o.RefreshedAt = store.Time(o.RefreshedAt)
	o.EndsAt = store.Time(o.EndsAt)

	before, had := s.operators[o.ID]
	switch {
	case o.Version == 0 && had:
		return store.ErrExists
	case o.Version != 0 && !had:
		return store.ErrNotFound
	case o.Version != before.Version:
		return store.ErrConflict
	}
	if other, taken := s.names[o.NameKey]; taken && other != o.ID {
		return store.ErrNameTaken
	}
	if other, taken := s.emails[o.EmailKey]; taken && other != o.ID {
		return store.ErrEmailTaken
	}
	if other, taken := s.members[o.MemberID]; taken && other != o.ID {
		return store.ErrMemberTaken
	}
	if other, taken := s.subjects[o.Subject]; taken && other != o.ID {
		return store.ErrSubjectTaken
	}
	if had {
		if !o.IsActiveSuperAdministrator() && s.isLastSuperAdministrator(before) {
			return store.ErrLastSuperAdministrator
		}
		o.LastActiveAt, o.LockedUntil = before.LastActiveAt, before.LockedUntil
		s.removeKeys(u, before)
	}
	o.Version++
	put(u, s.operators, o.ID, o)
	put(u, s.names, o.NameKey, o.ID)
	put(u, s.emails, o.EmailKey, o.ID)
	if o.MemberID != "" {
		put(u, s.members, o.MemberID, o.ID)
	}
	if o.Subject != "" {
		put(u, s.subjects, o.Subject, o.ID)
	}
	return nil
}

// removeKeys frees the unique keys of an operator as it is stored.
func (s *Store) removeKeys(u *undo, o store.Operator) {
	remove(u, s.names, o.NameKey)
	remove(u, s.emails, o.EmailKey)
	if o.MemberID != "" {
		remove(u, s.members, o.MemberID)
	}
	if o.Subject != "" {
		remove(u, s.subjects, o.Subject)
	}
}

// isLastSuperAdministrator reports whether the stored operator is the only active
// super-administrator.
func (s *Store) isLastSuperAdministrator(o store.Operator) bool {
	if !o.IsActiveSuperAdministrator() {
		return false
	}
	for id, other := range s.operators {
		if id != o.ID && other.IsActiveSuperAdministrator() {
			return false
		}
	}
	return true
}

func (s *Store) checkOperator(w store.CheckOperator) error {
	o, ok := s.operators[w.ID]
	switch {
	case !ok:
		return store.ErrNotFound
	case o.Version != w.Version:
		return store.ErrConflict
	}
	return nil
}

func (s *Store) checkNoOperators() error {
	if len(s.operators) > 0 {
		return store.ErrOperatorsExist
	}
	return nil
}

func (s *Store) deleteOperator(u *undo, w store.DeleteOperator) error {
	if err := s.checkOperator(store.CheckOperator(w)); err != nil {
		return err
	}
	o := s.operators[w.ID]
	if s.isLastSuperAdministrator(o) {
		return store.ErrLastSuperAdministrator
	}
	s.removeKeys(u, o)
	remove(u, s.operators, o.ID)
	_ = s.endSessions(u, store.EndSessions{OperatorID: o.ID, All: true})
	s.removeAllFactors(u, o.ID)
	s.removeDevices(u, o.ID)
	_ = s.deleteBrowsers(u, store.DeleteBrowsers{OperatorID: o.ID, All: true})
	for d, t := range s.tokens {
		if t.Subject == o.ID {
			remove(u, s.tokens, d)
		}
	}
	return nil
}

func (s *Store) upgradePassword(u *undo, w store.UpgradePassword) error {
	o, ok := s.operators[w.OperatorID]
	switch {
	case !ok:
		return store.ErrNotFound
	case o.Password != w.Old:
		return store.ErrConflict
	}
	o.Password = w.New
	put(u, s.operators, o.ID, o)
	return nil
}

// markActive moves an operator's LastActiveAt forward; an operator that does not
// exist is not an error.
func (s *Store) markActive(u *undo, operatorID string, at time.Time) {
	at = store.Time(at)
	if o, ok := s.operators[operatorID]; ok && at.After(o.LastActiveAt) {
		o.LastActiveAt = at
		put(u, s.operators, o.ID, o)
	}
}

func (s *Store) markLocked(u *undo, w store.MarkLocked) {
	if o, ok := s.operators[w.OperatorID]; ok {
		o.LockedUntil = store.Time(w.Until)
		put(u, s.operators, o.ID, o)
	}
}

func (s *Store) markRefreshed(u *undo, w store.MarkRefreshed) {
	if o, ok := s.operators[w.OperatorID]; ok {
		o.RefreshedAt = store.Time(w.At)
		put(u, s.operators, o.ID, o)
	}
}

func (s *Store) moveInvitation(u *undo, w store.MoveInvitation) {
	if o, ok := s.operators[w.OperatorID]; ok && o.State == store.OperatorInvited {
		o.InviteExpiresAt, o.UpdatedAt = store.Time(w.ExpiresAt), store.Time(w.At)
		put(u, s.operators, o.ID, o)
	}
}

func cloneOperator(o store.Operator) store.Operator {
	o.Roles = slices.Clone(o.Roles)
	o.PasswordHistory = slices.Clone(o.PasswordHistory)
	return o
}
