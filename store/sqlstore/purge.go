package sqlstore

import (
	"context"
	"strings"

	"github.com/postern-go/postern/store"
)

const (
	// purgeBatch is how many records one transaction of a purge deletes at most. Two
	// rows are deleted of an event, and of a session also its values.
	purgeBatch = 1000
	// deletedAtOnce is how many rows one statement deletes.
	deletedAtOnce = 100
)

// overdue are the records of one kind that Purge deletes.
type overdue struct {
	what  string
	count *int
	table string
	// keys identify a row.
	keys []string
	// due selects them by an index, in its order.
	due  string
	args []any
	// values is the table of what belongs to a row by its session_id; it may be empty.
	values string
}

// Purge implements [store.Store]. Each batch is a transaction of its own; when one
// fails, what went before stays purged.
func (s *Store) Purge(ctx context.Context, p store.Purge) (store.Purged, error) {
	var done store.Purged
	sessions := func(due string, arg any) overdue {
		return overdue{"sessions", &done.Sessions, `postern_sessions`, []string{`id`}, due, []any{arg}, `postern_session_values`}
	}
	kinds := []overdue{
		sessions(`ends_at <= ? ORDER BY ends_at`, p.Now),
		sessions(`seen_at < ? ORDER BY seen_at`, p.IdleSince),
		{"pre-sessions", &done.PreSessions, `postern_pre_sessions`, []string{`digest`}, `expires_at <= ? ORDER BY expires_at`, []any{p.Now}, ``},
		{"tokens", &done.Tokens, `postern_tokens`, []string{`digest`},
			`created_at < ? AND (used_at <> 0 OR expires_at <= ?) ORDER BY created_at`, []any{p.UsedTokensBefore, p.Now}, ``},
		{"counters", &done.Counters, `postern_counters`, []string{`id`}, `expires_at <= ? ORDER BY expires_at`, []any{p.Now}, ``},
		{"answers", &done.Answers, `postern_answers`, []string{`digest`}, `expires_at <= ? ORDER BY expires_at`, []any{p.Now}, ``},
		{"devices", &done.Devices, `postern_devices`, []string{`operator_id`, `digest`}, `last_at < ? ORDER BY last_at`, []any{p.DevicesBefore}, ``},
		{"browsers", &done.Browsers, `postern_browsers`, []string{`id`}, `seen_at < ? ORDER BY seen_at`, []any{p.BrowsersBefore}, ``},
	}
	for _, state := range []store.MailState{store.MailSent, store.MailFailed, store.MailCancelled} {
		kinds = append(kinds, overdue{"mails", &done.Mails, `postern_mails`, []string{`id`},
			`state = ? AND created_at < ? ORDER BY created_at`, []any{state, p.MailsBefore}, ``})
	}
	for _, k := range kinds {
		err := s.inBatches(ctx, k.count, purgeBatch, func(t *tx) (int, error) { return t.deleteOverdue(ctx, k) })
		if err != nil {
			return done, s.wrap("purge "+k.what, err)
		}
	}
	err := s.inBatches(ctx, &done.Events, purgeBatch/2, func(t *tx) (int, error) { return t.deletePurgedEvents(ctx, p.EventsThrough) })
	return done, s.wrap("purge events", err)
}

// inBatches runs f, which deletes at most batch records and returns how many, in
// one transaction after another until nothing is left. In between, other writers
// get their turn.
func (s *Store) inBatches(ctx context.Context, count *int, batch int, f func(*tx) (int, error)) error {
	for {
		n := 0
		err := s.write(ctx, func(t *tx) (err error) {
			n, err = f(t)
			return err
		})
		if err != nil {
			return err
		}
		*count += n
		if n < batch {
			return nil
		}
	}
}

// deleteOverdue deletes a batch of overdue records. It passes over what others have
// locked, so that it never waits.
func (t *tx) deleteOverdue(ctx context.Context, k overdue) (int, error) {
	query := t.store.dialect.lockFree(`SELECT ` + strings.Join(k.keys, `, `) + ` FROM ` + k.table + ` WHERE ` + k.due + ` LIMIT ?`)
	found, err := list(ctx, t, func(r row) ([]any, error) {
		key, into := make([]any, len(k.keys)), make([]any, len(k.keys))
		for i, column := range k.keys {
			into[i] = keyInto(column, &key[i])
		}
		return key, r.Scan(into...)
	}, query, append(k.args, purgeBatch)...)
	if err != nil {
		return 0, err
	}
	for rest := found; len(rest) > 0; rest = rest[min(len(rest), deletedAtOnce):] {
		var keys []any
		for i := range deletedAtOnce {
			keys = append(keys, rest[min(i, len(rest)-1)]...) // of always the same length
		}
		if _, err := t.exec(ctx, `DELETE FROM `+k.table+` WHERE `+anyOf(k.keys...), keys...); err != nil {
			return 0, err
		}
		if k.values == "" {
			continue
		}
		// After the sessions: no one can add values to a deleted one.
		if _, err := t.exec(ctx, `DELETE FROM `+k.values+` WHERE `+anyOf(`session_id`), keys...); err != nil {
			return 0, err
		}
	}
	return len(found), nil
}

// anyOf is the condition that a row has one of deletedAtOnce keys.
func anyOf(columns ...string) string {
	one := strings.Join(columns, ` = ? AND `) + ` = ?`
	return strings.TrimSuffix(strings.Repeat(one+` OR `, deletedAtOnce), ` OR `)
}

// deletePurgedEvents deletes a batch of the events up to one that the head says are
// purged. No one else needs them, so it holds no one up.
func (t *tx) deletePurgedEvents(ctx context.Context, through int64) (int, error) {
	const (
		purged = `SELECT seq, latest_at FROM postern_events
			WHERE seq <= ? AND seq <= (SELECT purged_seq FROM postern_event_head WHERE id = 1) ORDER BY seq LIMIT ?`
		// None of them is later than the latest_at of the last.
		deleteTimes = `DELETE FROM postern_event_times WHERE at <= ? AND seq <= ?`
		deleteThem  = `DELETE FROM postern_events WHERE seq <= ?`
	)
	type event struct{ seq, latestAt int64 }
	found, err := list(ctx, t, func(r row) (e event, err error) {
		err = r.Scan(&e.seq, &e.latestAt)
		return e, err
	}, purged, through, purgeBatch/2)
	if err != nil || len(found) == 0 {
		return 0, err
	}
	last := found[len(found)-1]
	if _, err := t.exec(ctx, deleteTimes, last.latestAt, last.seq); err != nil {
		return 0, err
	}
	_, err = t.exec(ctx, deleteThem, last.seq)
	return len(found), err
}
