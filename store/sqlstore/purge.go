package sqlstore

import (
	"context"

	"github.com/postern-go/postern/store"
)

// Purge implements [store.Store]. Each kind of record is a transaction of its
// own; when one fails, what went before stays purged.
func (s *Store) Purge(ctx context.Context, p store.Purge) (store.Purged, error) {
	const (
		sessions = `DELETE FROM postern_sessions WHERE ends_at <= ? OR seen_at < ?`
		// After the sessions: no one can add values to a deleted one.
		values      = `DELETE FROM postern_session_values WHERE session_id NOT IN (SELECT id FROM postern_sessions)`
		preSessions = `DELETE FROM postern_pre_sessions WHERE expires_at <= ?`
		tokens      = `DELETE FROM postern_tokens WHERE created_at < ? AND (used_at <> 0 OR expires_at <= ?)`
		counters    = `DELETE FROM postern_counters WHERE expires_at <= ?`
		devices     = `DELETE FROM postern_devices WHERE last_at < ?`
		mails       = `DELETE FROM postern_mails WHERE created_at < ? AND state <> ?`
	)
	var done store.Purged
	for _, step := range []struct {
		what  string
		count *int
		query string
		args  []any
	}{
		{"sessions", &done.Sessions, sessions, []any{p.Now, p.IdleSince}},
		{"pre-sessions", &done.PreSessions, preSessions, []any{p.Now}},
		{"tokens", &done.Tokens, tokens, []any{p.UsedTokensBefore, p.Now}},
		{"counters", &done.Counters, counters, []any{p.Now}},
		{"devices", &done.Devices, devices, []any{p.DevicesBefore}},
		{"mails", &done.Mails, mails, []any{p.MailsBefore, store.MailQueued}},
	} {
		err := s.write(ctx, func(t *tx) error {
			n, err := t.exec(ctx, step.query, step.args...)
			*step.count = int(n)
			if err == nil && n > 0 && step.query == sessions {
				_, err = t.exec(ctx, values)
			}
			return err
		})
		if err != nil {
			*step.count = 0
			return done, s.wrap("purge "+step.what, err)
		}
	}
	return done, nil
}
