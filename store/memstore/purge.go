package memstore

import (
	"context"

	"github.com/postern-go/postern/store"
)

// Purge implements [store.Store].
func (s *Store) Purge(ctx context.Context, p store.Purge) (store.Purged, error) {
	if err := ctx.Err(); err != nil {
		return store.Purged{}, err
	}
	now := store.Time(p.Now)
	idle, mails, tokens := store.Time(p.IdleSince), store.Time(p.MailsBefore), store.Time(p.UsedTokensBefore)
	defer s.change()()
	var done store.Purged
	for d, session := range s.sessions {
		if !now.Before(session.EndsAt) || session.SeenAt.Before(idle) {
			s.endSession(&undo{}, d)
			done.Sessions++
		}
	}
	for d, pre := range s.preSessions {
		if !now.Before(pre.ExpiresAt) {
			delete(s.preSessions, d)
			done.PreSessions++
		}
	}
	for d, t := range s.tokens {
		if (!t.UsedAt.IsZero() || !now.Before(t.ExpiresAt)) && t.CreatedAt.Before(tokens) {
			delete(s.tokens, d)
			done.Tokens++
		}
	}
	for key, c := range s.counters {
		if !now.Before(c.ExpiresAt) {
			delete(s.counters, key)
			done.Counters++
		}
	}
	for key, a := range s.answers {
		if !now.Before(a.ExpiresAt) {
			delete(s.answers, key)
			done.Answers++
		}
	}
	for id, m := range s.mails {
		if m.State != store.MailQueued && m.CreatedAt.Before(mails) {
			delete(s.mails, id)
			done.Mails++
		}
	}
	done.Devices = s.purgeDevices(store.Time(p.DevicesBefore))
	done.Browsers = s.purgeBrowsers(store.Time(p.BrowsersBefore))
	return done, nil
}
