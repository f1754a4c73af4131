package sqlstore

import (
	"context"
	"slices"
	"time"

	"github.com/postern-go/postern/store"
)

// maxListedSessions is the maximum number of sessions that ListSessions returns.
const maxListedSessions = 100

const sessionColumns = `s.digest, s.id, s.operator_id, s.created_at, s.seen_at, s.ends_at, s.proved_at,
	s.ip, s.user_agent`

func sessionFields(s *store.Session) []any {
	return []any{
		digest(&s.Digest), &s.ID, &s.OperatorID, at(&s.CreatedAt), at(&s.SeenAt), at(&s.EndsAt), at(&s.ProvedAt),
		&s.IP, &s.UserAgent,
	}
}

func scanSession(r row) (s store.Session, err error) {
	err = r.Scan(sessionFields(&s)...)
	return s, err
}

// sessionView returns a row for every custom role, and one row if there is none.
func (s *Store) sessionView() string {
	return `SELECT ` + s.dialect.now + `, ` + sessionColumns + `, ` + operatorColumns + `,
	` + twoFactor + `,
	COALESCE((SELECT p.revision FROM postern_parameters p WHERE p.id = 1), 0),
	COALESCE(r.id, ''), COALESCE(r.version, 0), COALESCE(r.name, ''), COALESCE(r.name_key, ''),
	COALESCE(r.description, ''), COALESCE(r.require_two_factor, FALSE),
	(SELECT json_agg(p.permission) FROM postern_role_permissions p WHERE p.role_id = r.id),
	COALESCE(r.created_at, 0), COALESCE(r.updated_at, 0)
	FROM postern_sessions s JOIN postern_operators o ON o.id = s.operator_id
	LEFT JOIN postern_roles r ON r.id = o.primary_role
		OR r.id IN (SELECT a.role_id FROM postern_operator_roles a WHERE a.operator_id = o.id)
	WHERE s.digest = ?`
}

func scanSessionView(row row) (v store.SessionView, err error) {
	var r store.Role
	fields := slices.Concat([]any{at(&v.At)}, sessionFields(&v.Session), operatorFields(&v.Operator),
		[]any{&v.TwoFactor, &v.Revision}, roleFields(&r))
	err = row.Scan(fields...)
	slices.Sort(v.Operator.Roles)
	slices.Sort(r.Permissions)
	if r.ID != "" {
		v.Roles = []store.Role{r}
	}
	return v, err
}

// FindSession implements [store.Sessions].
func (s *Store) FindSession(ctx context.Context, d store.Digest) (store.SessionView, error) {
	found, err := list(ctx, s, scanSessionView, s.sessionView(), d)
	if err == nil && len(found) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.SessionView{}, s.wrap("find session", err)
	}
	view := found[0]
	for _, more := range found[1:] {
		view.Roles = append(view.Roles, more.Roles...)
	}
	return view, nil
}

// ListSessions implements [store.Sessions].
func (s *Store) ListSessions(ctx context.Context, operatorID string) ([]store.Session, error) {
	const query = `SELECT ` + sessionColumns + ` FROM postern_sessions s WHERE s.operator_id = ?
		ORDER BY s.seen_at DESC, s.id LIMIT ?`
	found, err := list(ctx, s, scanSession, query, operatorID, maxListedSessions)
	return found, s.wrap("list sessions", err)
}

// TouchSession implements [store.Sessions].
func (s *Store) TouchSession(ctx context.Context, d store.Digest, at time.Time) error {
	const (
		owner = `SELECT operator_id FROM postern_sessions WHERE digest = ?`
		touch = `UPDATE postern_sessions SET seen_at = CASE WHEN seen_at < ? THEN ? ELSE seen_at END
			WHERE digest = ?`
	)
	err := s.write(ctx, func(t *tx) error {
		id, err := find(ctx, t, value[string], owner, d)
		if err != nil {
			return err
		}
		// The operator first, as in every commit: see tx.lock.
		if err := t.markActive(ctx, id, at); err != nil {
			return err
		}
		return t.must(ctx, store.ErrNotFound, touch, at, at, d)
	})
	return s.wrap("touch session", err)
}

const insertSession = `INSERT INTO postern_sessions (digest, id, operator_id, created_at, seen_at, ends_at,
	proved_at, ip, user_agent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`

func (t *tx) putSession(ctx context.Context, w store.PutSession) error {
	s := w.Session
	if err := t.requireOperator(ctx, s.OperatorID); err != nil {
		return err
	}
	err := t.must(ctx, store.ErrExists, insertSession, s.Digest, s.ID, s.OperatorID, s.CreatedAt, s.SeenAt, s.EndsAt,
		s.ProvedAt, s.IP, s.UserAgent)
	if err != nil {
		return err
	}
	if err := t.markActive(ctx, s.OperatorID, s.SeenAt); err != nil {
		return err
	}
	if !w.Device.IsZero() {
		if err := t.seeDevice(ctx, s.OperatorID, w.Device, s.SeenAt); err != nil {
			return err
		}
	}
	if w.Keep <= 0 {
		return nil
	}
	const others = `SELECT id FROM postern_sessions WHERE operator_id = ? AND id <> ? ORDER BY seen_at DESC, id`
	ids, err := list(ctx, t, value[string], others, s.OperatorID, s.ID)
	if err != nil {
		return err
	}
	return t.deleteSessions(ctx, ids[min(len(ids), w.Keep-1):])
}

func (t *tx) replaceSession(ctx context.Context, w store.ReplaceSession) error {
	const (
		live   = `SELECT id FROM postern_sessions WHERE digest = ? AND id = ? AND operator_id = ? FOR UPDATE`
		clash  = `SELECT id FROM postern_sessions WHERE digest = ? AND id <> ?`
		update = `UPDATE postern_sessions SET digest = ?, created_at = ?, seen_at = ?, ends_at = ?,
			proved_at = ?, ip = ?, user_agent = ? WHERE id = ?`
	)
	s := w.New
	found, err := exists(ctx, t, live, w.Old, s.ID, s.OperatorID)
	if err != nil {
		return err
	}
	if !found {
		return store.ErrNotFound
	}
	found, err = exists(ctx, t, clash, s.Digest, s.ID)
	if err != nil {
		return err
	}
	if found {
		return store.ErrExists
	}
	err = t.must(ctx, store.ErrNotFound, update, s.Digest, s.CreatedAt, s.SeenAt, s.EndsAt,
		s.ProvedAt, s.IP, s.UserAgent, s.ID)
	return taken(err)
}

func (t *tx) endSessions(ctx context.Context, w store.EndSessions) error {
	const (
		one         = `SELECT id FROM postern_sessions WHERE operator_id = ? AND id = ? FOR UPDATE`
		others      = `SELECT id FROM postern_sessions WHERE operator_id = ? AND id <> ? ORDER BY id FOR UPDATE`
		preSessions = `DELETE FROM postern_pre_sessions WHERE operator_id = ?`
	)
	query, id := one, w.ID
	if w.All {
		query, id = others, w.Except
	}
	ids, err := list(ctx, t, value[string], query, w.OperatorID, id)
	if err != nil {
		return err
	}
	if len(ids) == 0 && w.MustExist {
		return store.ErrNotFound
	}
	if err := t.deleteSessions(ctx, ids); err != nil || !w.All {
		return err
	}
	_, err = t.exec(ctx, preSessions, w.OperatorID)
	return err
}

// deleteSessions deletes sessions and, once no one can add any, their values.
func (t *tx) deleteSessions(ctx context.Context, ids []string) error {
	for _, id := range ids {
		for _, query := range []string{
			`DELETE FROM postern_sessions WHERE id = ?`,
			`DELETE FROM postern_session_values WHERE session_id = ?`,
		} {
			if _, err := t.exec(ctx, query, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// FindSessionValues implements [store.Sessions].
func (s *Store) FindSessionValues(ctx context.Context, sessionID, name string) ([]byte, error) {
	const query = `SELECT data FROM postern_session_values WHERE session_id = ? AND name = ?`
	data, err := find(ctx, s, scanBlob, query, sessionID, name)
	return data, s.wrap("find session values", err)
}

func scanBlob(r row) (b []byte, err error) {
	err = r.Scan(blob(&b))
	return b, err
}

func (t *tx) putSessionValues(ctx context.Context, w store.PutSessionValues) error {
	const (
		// Locked, so that the session cannot end without these values.
		session = `SELECT id FROM postern_sessions WHERE id = ? FOR UPDATE`
		remove  = `DELETE FROM postern_session_values WHERE session_id = ? AND name = ?`
		insert  = `INSERT INTO postern_session_values (session_id, name, data) VALUES (?, ?, ?)`
	)
	live, err := exists(ctx, t, session, w.SessionID)
	if err != nil {
		return err
	}
	if !live {
		return store.ErrNotFound
	}
	if _, err := t.exec(ctx, remove, w.SessionID, w.Name); err != nil || len(w.Data) == 0 {
		return err
	}
	_, err = t.exec(ctx, insert, w.SessionID, w.Name, w.Data)
	return err
}
