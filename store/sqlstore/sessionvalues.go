package sqlstore

import (
	"context"

	"github.com/postern-go/postern/store"
)

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
