package memstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/postern-go/postern/store"
)

// FindRole implements [store.Roles].
func (s *Store) FindRole(ctx context.Context, id string) (store.Role, error) {
	if err := ctx.Err(); err != nil {
		return store.Role{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, ok := s.roles[id]
	if !ok {
		return store.Role{}, missing("role")
	}
	return cloneRole(r), nil
}

// ListRoles implements [store.Roles].
func (s *Store) ListRoles(ctx context.Context) ([]store.Role, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	found := make([]store.Role, 0, len(s.roles))
	for _, r := range s.roles {
		found = append(found, cloneRole(r))
	}
	slices.SortFunc(found, func(a, b store.Role) int { return cmp.Compare(a.NameKey, b.NameKey) })
	return found, nil
}

func (s *Store) putRole(u *undo, w store.PutRole) error {
	r := cloneRole(w.Role)
	r.CreatedAt = store.Time(r.CreatedAt)
	r.UpdatedAt = store.Time(r.UpdatedAt)

	before, had := s.roles[r.ID]
	switch {
	case r.Version == 0 && had:
		return store.ErrExists
	case r.Version != 0 && !had:
		return store.ErrNotFound
	case r.Version != before.Version:
		return store.ErrConflict
	}
	if other, taken := s.roleNames[r.NameKey]; taken && other != r.ID {
		return store.ErrNameTaken
	}
	if had {
		remove(u, s.roleNames, before.NameKey)
	}
	r.Version++
	put(u, s.roles, r.ID, r)
	put(u, s.roleNames, r.NameKey, r.ID)
	return nil
}

func (s *Store) checkRole(w store.CheckRole) error {
	r, ok := s.roles[w.ID]
	switch {
	case !ok:
		return store.ErrNotFound
	case r.Version != w.Version:
		return store.ErrConflict
	}
	return nil
}

func (s *Store) deleteRole(u *undo, w store.DeleteRole) error {
	if err := s.checkRole(store.CheckRole{ID: w.ID, Version: w.Version}); err != nil {
		return err
	}
	r := s.roles[w.ID]
	remove(u, s.roleNames, r.NameKey)
	remove(u, s.roles, r.ID)
	for id, o := range s.operators {
		if !slices.Contains(o.AllRoles(), r.ID) {
			continue
		}
		o.PrimaryRole, o.Roles = w.Roles(o.PrimaryRole, o.Roles)
		o.Version++
		put(u, s.operators, id, o)
	}
	return nil
}

func cloneRole(r store.Role) store.Role {
	r.Permissions = slices.Clone(r.Permissions)
	return r
}
