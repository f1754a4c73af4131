package sqlstore

import (
	"context"
	"slices"

	"github.com/postern-go/postern/store"
)

const selectRoles = `SELECT r.id, r.version, r.name, r.name_key, r.description, r.require_two_factor,
	(SELECT json_agg(p.permission) FROM postern_role_permissions p WHERE p.role_id = r.id),
	r.created_at, r.updated_at FROM postern_roles r`

func roleFields(r *store.Role) []any {
	return []any{
		&r.ID, &r.Version, &r.Name, &r.NameKey, &r.Description, &r.RequireTwoFactor,
		fromJSON(&r.Permissions), at(&r.CreatedAt), at(&r.UpdatedAt),
	}
}

func scanRole(row row) (r store.Role, err error) {
	err = row.Scan(roleFields(&r)...)
	slices.Sort(r.Permissions)
	return r, err
}

// FindRole implements [store.Roles].
func (s *Store) FindRole(ctx context.Context, id string) (store.Role, error) {
	const query = selectRoles + ` WHERE r.id = ?`
	r, err := find(ctx, s, scanRole, query, id)
	return r, s.wrap("find role", err)
}

// ListRoles implements [store.Roles].
func (s *Store) ListRoles(ctx context.Context) ([]store.Role, error) {
	const query = selectRoles + ` ORDER BY r.name_key`
	found, err := list(ctx, s, scanRole, query)
	return found, s.wrap("list roles", err)
}

func (t *tx) putRole(ctx context.Context, r store.Role) error {
	const (
		insert = `INSERT INTO postern_roles (id, version, name, name_key, description, require_two_factor,
			created_at, updated_at) VALUES (?, 1, ?, ?, ?, ?, ?, ?)`
		update = `UPDATE postern_roles SET version = version + 1, name = ?, name_key = ?, description = ?,
			require_two_factor = ?, created_at = ?, updated_at = ? WHERE id = ? AND version = ?`
		insertPermission = `INSERT INTO postern_role_permissions (role_id, permission) VALUES (?, ?)`
	)
	before, err := t.checkRolePlace(ctx, r)
	if err != nil {
		return err
	}
	if r.Version == 0 {
		_, err = t.exec(ctx, insert, r.ID, r.Name, r.NameKey, r.Description, r.RequireTwoFactor,
			r.CreatedAt, r.UpdatedAt)
	} else {
		err = t.mustNow(ctx, store.ErrConflict, update, r.Name, r.NameKey, r.Description,
			r.RequireTwoFactor, r.CreatedAt, r.UpdatedAt, r.ID, r.Version)
	}
	if err != nil {
		return taken(err)
	}
	if slices.Equal(r.Permissions, before.Permissions) {
		return nil
	}
	if _, err := t.exec(ctx, deleteRolePermissions, r.ID); err != nil {
		return err
	}
	for _, permission := range r.Permissions {
		if _, err := t.exec(ctx, insertPermission, r.ID, permission); err != nil {
			return err
		}
	}
	return nil
}

// checkRolePlace returns the stored role, if any, provided that the new one may
// replace it and use its name.
func (t *tx) checkRolePlace(ctx context.Context, r store.Role) (before store.Role, err error) {
	const query = selectRoles + ` WHERE r.id = ? OR r.name_key = ?`
	found, err := list(ctx, t, scanRole, query, r.ID, r.NameKey)
	if err != nil {
		return store.Role{}, err
	}
	nameTaken := false
	for _, f := range found {
		if f.ID == text(r.ID) {
			before = f
		} else {
			nameTaken = true
		}
	}
	switch {
	case r.Version == 0 && before.Version != 0:
		return before, store.ErrExists
	case r.Version != 0 && before.Version == 0:
		return before, store.ErrNotFound
	case r.Version != before.Version:
		return before, store.ErrConflict
	case nameTaken:
		return before, store.ErrNameTaken
	}
	return before, nil
}

// checkRole holds the guard of operators and roles, so that the role does not
// change until the commit ends.
func (t *tx) checkRole(ctx context.Context, w store.CheckRole) error {
	const query = `SELECT version FROM postern_roles WHERE id = ?`
	version, err := find(ctx, t, value[int64], query, w.ID)
	if err == nil && version != w.Version {
		err = store.ErrConflict
	}
	return err
}

const deleteRolePermissions = `DELETE FROM postern_role_permissions WHERE role_id = ?`

func (t *tx) deleteRole(ctx context.Context, w store.DeleteRole) error {
	const (
		remove = `DELETE FROM postern_roles WHERE id = ? AND version = ?`
		move   = `UPDATE postern_operators SET version = version + 1,
			primary_role = CASE WHEN primary_role = ? THEN ? ELSE primary_role END
			WHERE primary_role = ? OR id IN (SELECT r.operator_id FROM postern_operator_roles r WHERE r.role_id = ?)`
		additional = `INSERT INTO postern_operator_roles (role_id, operator_id)
			SELECT CAST(? AS TEXT), r.operator_id FROM postern_operator_roles r
			JOIN postern_operators o ON o.id = r.operator_id
			WHERE r.role_id = ? AND o.primary_role <> ? ON CONFLICT DO NOTHING`
		takeAdditional = `DELETE FROM postern_operator_roles WHERE role_id = ?`
		// No operator has a role twice: this concerns those who hold the old one
		// and have, or are about to have, the new one as the primary role.
		once = `DELETE FROM postern_operator_roles WHERE role_id = ? AND operator_id IN (
			SELECT o.id FROM postern_operators o WHERE o.primary_role = ? OR o.primary_role = ? AND EXISTS
			(SELECT 1 FROM postern_operator_roles r WHERE r.operator_id = o.id AND r.role_id = ?))`
	)
	before, err := find(ctx, t, scanRole, selectRoles+` WHERE r.id = ?`, w.ID)
	if err != nil {
		return err
	}
	if before.Version != w.Version {
		return store.ErrConflict
	}
	if w.To == w.ID {
		w.To = "" // it is deleted
	}
	if w.To != "" {
		if _, err := t.exec(ctx, once, w.To, w.ID, w.To, w.ID); err != nil {
			return err
		}
	}
	if _, err := t.exec(ctx, move, w.ID, w.To, w.ID, w.ID); err != nil {
		return err
	}
	if w.To != "" {
		if _, err := t.exec(ctx, additional, w.To, w.ID, w.To); err != nil {
			return err
		}
	}
	for _, query := range []string{takeAdditional, deleteRolePermissions} {
		if _, err := t.exec(ctx, query, w.ID); err != nil {
			return err
		}
	}
	t.versions = nil // of those who had the role
	return t.mustNow(ctx, store.ErrConflict, remove, w.ID, w.Version)
}
