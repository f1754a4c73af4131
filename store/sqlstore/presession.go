package sqlstore

import (
	"context"

	"github.com/postern-go/postern/store"
)

func (t *tx) putPreSession(ctx context.Context, w store.PutPreSession) error {
	const (
		query = `INSERT INTO postern_pre_sessions (digest, operator_id, operator_version, created_at, expires_at,
			next, ip, user_agent, method, provider) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
		oldest = `DELETE FROM postern_pre_sessions WHERE digest IN (SELECT y.digest FROM (SELECT x.digest FROM postern_pre_sessions x
			WHERE x.operator_id = ? AND x.digest <> ? ORDER BY x.created_at DESC, x.digest LIMIT 1000000 OFFSET ?) y)`
	)
	p := w.PreSession
	if err := t.requireOperator(ctx, p.OperatorID); err != nil {
		return err
	}
	t.insert(store.ErrExists, query, p.Digest, p.OperatorID, p.OperatorVersion, p.CreatedAt, p.ExpiresAt,
		p.Next, p.IP, p.UserAgent, p.Method, p.Provider).only(p.Digest)
	if w.Keep > 0 {
		t.then(oldest, p.OperatorID, p.Digest, w.Keep-1).apart = true
	}
	return nil
}

func (t *tx) endPreSession(w store.EndPreSession) {
	const query = `DELETE FROM postern_pre_sessions WHERE digest = ?`
	t.must(store.ErrNotFound, query, w.Digest).only(w.Digest)
}
