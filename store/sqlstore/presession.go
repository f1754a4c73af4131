package sqlstore

import (
	"context"

	"github.com/postern-go/postern/store"
)

func scanPreSession(r row) (p store.PreSession, err error) {
	err = r.Scan(digest(&p.Digest), &p.OperatorID, &p.OperatorVersion, at(&p.CreatedAt), at(&p.ExpiresAt),
		&p.Next, &p.IP, &p.UserAgent)
	return p, err
}

// FindPreSession implements [store.Sessions].
func (s *Store) FindPreSession(ctx context.Context, d store.Digest) (store.PreSession, error) {
	const query = `SELECT digest, operator_id, operator_version, created_at, expires_at, next, ip, user_agent
		FROM postern_pre_sessions WHERE digest = ?`
	p, err := find(ctx, s, scanPreSession, query, d)
	return p, s.wrap("find pre-session", err)
}

func (t *tx) putPreSession(ctx context.Context, p store.PreSession) error {
	const query = `INSERT INTO postern_pre_sessions (digest, operator_id, operator_version, created_at, expires_at,
		next, ip, user_agent) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	if err := t.requireOperator(ctx, p.OperatorID); err != nil {
		return err
	}
	return t.must(ctx, store.ErrExists, query, p.Digest, p.OperatorID, p.OperatorVersion, p.CreatedAt, p.ExpiresAt,
		p.Next, p.IP, p.UserAgent)
}

func (t *tx) endPreSession(ctx context.Context, w store.EndPreSession) error {
	const query = `DELETE FROM postern_pre_sessions WHERE digest = ?`
	return t.must(ctx, store.ErrNotFound, query, w.Digest)
}
