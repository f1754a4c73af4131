package sqlstore

import (
	"context"
	"errors"

	"github.com/postern-go/postern/store"
)

const selectRoles = `SELECT r.id, r.version, r.name, r.name_key, r.description, r.require_two_factor,
	r.require_passkey, r.permissions, r.created_at, r.updated_at FROM postern_roles r`

func roleFields(r *store.Role) []any {
	return []any{
		&r.ID, &r.Version, &r.Name, &r.NameKey, &r.Description, &r.RequireTwoFactor,
		&r.RequirePasskey, fromJSON(&r.Permissions), at(&r.CreatedAt), at(&r.UpdatedAt),
	}
}

func scanRole(row row) (r store.Role, err error) {
	err = row.Scan(roleFields(&r)...)
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
			require_passkey, permissions, created_at, updated_at) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?)`
		update = `UPDATE postern_roles SET version = version + 1, name = ?, name_key = ?, description = ?,
			require_two_factor = ?, require_passkey = ?, permissions = ?, created_at = ?, updated_at = ? WHERE id = ? AND version = ?`
	)
	err := t.checkRolePlace(ctx, r)
	if err != nil {
		return err
	}
	if r.Version == 0 {
		_, err = t.exec(ctx, insert, r.ID, r.Name, r.NameKey, r.Description, r.RequireTwoFactor,
			r.RequirePasskey, r.Permissions, r.CreatedAt, r.UpdatedAt)
	} else {
		err = t.mustNow(ctx, store.ErrConflict, update, r.Name, r.NameKey, r.Description,
			r.RequireTwoFactor, r.RequirePasskey, r.Permissions, r.CreatedAt, r.UpdatedAt, r.ID, r.Version)
	}
	if err != nil {
		return taken(err)
	}
	t.rolesChanged()
	return nil
}

// checkRolePlace ensures that the role may replace the stored one, if any, and use
// its name.
func (t *tx) checkRolePlace(ctx context.Context, r store.Role) error {
	const query = selectRoles + ` WHERE r.id = ? OR r.name_key = ?`
	found, err := list(ctx, t, scanRole, query, r.ID, r.NameKey)
	if err != nil {
		return err
	}
	var before store.Role
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
		return store.ErrExists
	case r.Version != 0 && before.Version == 0:
		return store.ErrNotFound
	case r.Version != before.Version:
		return store.ErrConflict
	case nameTaken:
		return store.ErrNameTaken
	}
	return nil
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

func (t *tx) deleteRole(ctx context.Context, w store.DeleteRole) error {
	const (
		holders = `SELECT DISTINCT o.primary_role, o.roles FROM postern_operators o WHERE `
		move    = `UPDATE postern_operators SET version = version + 1, mark = ?, primary_role = ?, roles = ?
			WHERE primary_role = ? AND roles = ?`
		remove = `DELETE FROM postern_roles WHERE id = ? AND version = ?`
	)
	if err := t.checkRole(ctx, store.CheckRole{ID: w.ID, Version: w.Version}); err != nil {
		return err
	}
	// Many operators share few combinations of roles. The guard keeps them.
	held, err := list(ctx, t, scanHeld, holders+t.store.dialect.holds(), w.ID, w.ID)
	if err != nil {
		return err
	}
	for _, h := range held {
		primary, roles := w.Roles(h.primary, h.roles)
		if _, err := t.exec(ctx, move, newMark(), primary, roles, h.primary, h.encoded); err != nil {
			return err
		}
	}
	if err := t.mustNow(ctx, store.ErrConflict, remove, w.ID, w.Version); err != nil {
		return err
	}
	t.versions = nil // of those who had the role
	t.rolesChanged()
	return nil
}

// held is a combination of roles that operators have.
type held struct {
	primary, encoded string
	roles            []string
	operators        int
}

func scanHeld(r row) (h held, err error) {
	if err = r.Scan(&h.primary, &h.encoded); err == nil {
		err = fromJSON(&h.roles).Scan(h.encoded)
	}
	return h, err
}

// rolesChanged makes every store read the roles again.
func (t *tx) rolesChanged() {
	t.must(errors.New("the row of the parameters is missing"), `UPDATE postern_parameters SET roles_mark = ? WHERE id = 1`, newMark())
}
