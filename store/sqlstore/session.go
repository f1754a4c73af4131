package sqlstore

import (
	"context"
	"time"

	"github.com/postern-go/postern/store"
)

// maxListedSessions is the maximum number of sessions that ListSessions returns.
const maxListedSessions = 100

const sessionColumns = `s.digest, s.id, s.operator_id, s.created_at, s.seen_at, s.ends_at, s.proved_at,
	s.ip, s.user_agent, s.method, s.provider`

func sessionFields(s *store.Session) []any {
	return []any{
		digest(&s.Digest), &s.ID, &s.OperatorID, at(&s.CreatedAt), at(&s.SeenAt), at(&s.EndsAt), at(&s.ProvedAt),
		&s.IP, &s.UserAgent, &s.Method, &s.Provider,
	}
}

func scanSession(r row) (s store.Session, err error) {
	err = r.Scan(sessionFields(&s)...)
	return s, err
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
		t.markActive(id, at)
		t.must(store.ErrNotFound, touch, at, at, d)
		return t.flush(ctx)
	})
	return s.wrap("touch session", err)
}

const insertSession = `INSERT INTO postern_sessions (digest, id, operator_id, created_at, seen_at, ends_at,
	proved_at, ip, user_agent, method, provider) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

func (t *tx) putSession(ctx context.Context, w store.PutSession) error {
	s := w.Session
	if err := t.requireOperator(ctx, s.OperatorID); err != nil {
		return err
	}
	t.insert(store.ErrExists, insertSession, s.Digest, s.ID, s.OperatorID, s.CreatedAt, s.SeenAt, s.EndsAt,
		s.ProvedAt, s.IP, s.UserAgent, s.Method, s.Provider)
	t.markActive(s.OperatorID, s.SeenAt)
	if !w.Device.IsZero() {
		t.seeDevice(s.OperatorID, w.Device, s.SeenAt)
	}
	if w.Keep > 0 {
		t.deleteSessions(`id IN (SELECT y.id FROM (SELECT x.id FROM postern_sessions x WHERE x.operator_id = ? AND x.id <> ?
			ORDER BY x.seen_at DESC, x.id LIMIT 1000000 OFFSET ?) y)`, s.OperatorID, s.ID, w.Keep-1)
	}
	return nil
}

// checkSessions counts while the operator is locked, as everyone who adds a session
// locks them.
func (t *tx) checkSessions(ctx context.Context, w store.CheckSessions) error {
	const query = `SELECT count(*) FROM postern_sessions WHERE operator_id = ?`
	n, err := find(ctx, t, value[int], query, w.OperatorID)
	if err == nil && n > w.Most {
		err = store.ErrConflict
	}
	return err
}

// replaceSession needs no other lock than that of the operator.
func (t *tx) replaceSession(ctx context.Context, w store.ReplaceSession) error {
	const (
		update = `UPDATE postern_sessions SET digest = ?, created_at = ?, seen_at = ?, ends_at = ?,
			proved_at = ?, ip = ?, user_agent = ?, method = ?, provider = ? WHERE digest = ? AND id = ? AND operator_id = ?
			AND NOT EXISTS (SELECT 1 FROM (SELECT x.id FROM postern_sessions x WHERE x.digest = ? AND x.id <> ? LIMIT 1) y)`
		live = `SELECT id FROM postern_sessions WHERE digest = ? AND id = ? AND operator_id = ?`
	)
	s := w.New
	n, err := t.exec(ctx, update, s.Digest, s.CreatedAt, s.SeenAt, s.EndsAt,
		s.ProvedAt, s.IP, s.UserAgent, s.Method, s.Provider, w.Old, s.ID, s.OperatorID, s.Digest, s.ID)
	if err != nil || n > 0 {
		return taken(err)
	}
	return ifThere(t, store.ErrExists, live, w.Old, s.ID, s.OperatorID)(ctx)
}

func (t *tx) endSessions(w store.EndSessions) {
	const (
		one         = `operator_id = ? AND id = ?`
		others      = `operator_id = ? AND id <> ?`
		preSessions = `DELETE FROM postern_pre_sessions WHERE operator_id = ?`
	)
	which, id := one, w.ID
	if w.All {
		which, id = others, w.Except
	}
	if ended := t.deleteSessions(which, w.OperatorID, id); w.MustExist {
		ended.need, ended.otherwise = 1, store.ErrNotFound
	}
	if w.All {
		t.then(preSessions, w.OperatorID)
	}
}

// deleteSessions deletes the sessions that a condition selects, and their values. The
// operator is locked, so that no one can add values in the meantime.
func (t *tx) deleteSessions(which string, args ...any) *step {
	t.then(`DELETE FROM postern_session_values WHERE session_id IN (SELECT id FROM postern_sessions WHERE `+which+`)`, args...).apart = true
	s := t.then(`DELETE FROM postern_sessions WHERE `+which, args...)
	s.apart = true
	return s
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
		session = `SELECT s.id FROM postern_sessions s WHERE s.id = ?`
		remove  = `DELETE FROM postern_session_values WHERE session_id = ? AND name = ?`
	)
	d := t.store.dialect
	// The operator's lock is not enough: Purge deletes sessions without it.
	if err := t.touch(ctx, `postern_sessions`, `id`, ` = ?`, []any{w.SessionID}); err != nil {
		return err
	}
	if len(w.Data) > 0 {
		s := t.put(upsert{
			table: `postern_session_values`, columns: []string{`session_id`, `name`, `data`}, keys: 2,
			values: []any{w.SessionID, w.Name, w.Data},
			from:   d.lock(` FROM postern_sessions s WHERE s.id = ?`), fromArgs: []any{w.SessionID},
		})
		s.need, s.otherwise = 1, store.ErrNotFound
		return nil
	}
	live, err := exists(ctx, t, d.lock(session), w.SessionID)
	if err == nil && !live {
		err = store.ErrNotFound
	}
	if err == nil {
		t.then(remove, w.SessionID, w.Name)
	}
	return err
}
