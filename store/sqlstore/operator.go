package sqlstore

import (
	"context"

	"github.com/postern-go/postern/store"
)

const operatorColumns = `o.id, o.version, o.name, o.name_key, o.email, o.email_key, o.search_key, COALESCE(o.member_id, ''),
	o.member_name, o.member_email, o.refreshed_at, COALESCE(o.subject, ''), o.subject_name, o.language,
	o.state, o.primary_role, o.roles,
	o.password, o.password_set_at, o.password_history, o.must_change_password, o.password_by,
	o.invite_expires_at, o.created_by, o.created_at, o.updated_at, o.last_active_at, o.locked_until, o.ends_at`

const selectOperators = `SELECT ` + operatorColumns + ` FROM postern_operators o`

// operatorFields scans operatorColumns.
func operatorFields(o *store.Operator) []any {
	return []any{
		&o.ID, &o.Version, &o.Name, &o.NameKey, &o.Email, &o.EmailKey, &o.SearchKey, &o.MemberID,
		&o.MemberName, &o.MemberEmail, at(&o.RefreshedAt), &o.Subject, &o.SubjectName, &o.Language,
		&o.State, &o.PrimaryRole, fromJSON(&o.Roles),
		&o.Password, at(&o.PasswordSetAt), fromJSON(&o.PasswordHistory), &o.MustChangePassword, &o.PasswordBy,
		at(&o.InviteExpiresAt), &o.CreatedBy, at(&o.CreatedAt), at(&o.UpdatedAt), at(&o.LastActiveAt), at(&o.LockedUntil), at(&o.EndsAt),
	}
}

func scanOperator(r row) (o store.Operator, err error) {
	err = r.Scan(operatorFields(&o)...)
	return o, err
}

// FindOperator implements [store.Operators].
func (s *Store) FindOperator(ctx context.Context, id string) (store.Operator, error) {
	const query = selectOperators + ` WHERE o.id = ?`
	o, err := find(ctx, s, scanOperator, query, id)
	return o, s.wrap("find operator", err)
}

// FindOperatorByLogin implements [store.Operators].
func (s *Store) FindOperatorByLogin(ctx context.Context, key string) (store.Operator, error) {
	const query = selectOperators + ` WHERE o.name_key = ? OR o.email_key = ?`
	if key == "" {
		return store.Operator{}, s.wrap("find operator by login", store.ErrNotFound)
	}
	o, err := find(ctx, s, scanOperator, query, key, key)
	return o, s.wrap("find operator by login", err)
}

// FindOperatorByMember implements [store.Operators].
func (s *Store) FindOperatorByMember(ctx context.Context, memberID string) (store.Operator, error) {
	const query = selectOperators + ` WHERE o.member_id = ?`
	o, err := find(ctx, s, scanOperator, query, memberID)
	return o, s.wrap("find operator by member", err)
}

const anyOperator = `SELECT id FROM postern_operators LIMIT 1`

// HasOperators implements [store.Operators].
func (s *Store) HasOperators(ctx context.Context) (bool, error) {
	found, err := orAside(s, func(s *Store) (bool, error) { return exists(ctx, s, anyOperator) })
	return found, s.wrap("has operators", err)
}
