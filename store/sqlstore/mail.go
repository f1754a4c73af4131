package sqlstore

import (
	"context"
	"time"

	"github.com/postern-go/postern/store"
)

const mailColumns = `id, kind, operator_id, recipient, subject, search_key, body, state, attempts, next_attempt_at, reply,
	created_at, sent_at, expires_at`

func scanMail(r row) (m store.Mail, err error) {
	err = r.Scan(&m.ID, &m.Kind, &m.OperatorID, &m.To, &m.Subject, &m.SearchKey, blob(&m.Body), &m.State, &m.Attempts,
		at(&m.NextAttemptAt), &m.Reply, at(&m.CreatedAt), at(&m.SentAt), at(&m.ExpiresAt))
	return m, err
}

// FindMail implements [store.Mails].
func (s *Store) FindMail(ctx context.Context, id string) (store.Mail, error) {
	const query = `SELECT ` + mailColumns + ` FROM postern_mails WHERE id = ?`
	m, err := find(ctx, s, scanMail, query, id)
	return m, s.wrap("find mail", err)
}

// ListMails implements [store.Mails].
func (s *Store) ListMails(ctx context.Context, q store.MailQuery) (store.MailPage, error) {
	l := listing{
		// Those of scanMail, without the body.
		columns: `id, kind, operator_id, recipient, subject, search_key, NULL, state, attempts, next_attempt_at, reply,
			created_at, sent_at, expires_at`,
		table: `postern_mails`, key: `created_at, id`, desc: true,
		limit: store.PageLimit(q.Limit), reach: store.PageReach * store.PageLimit(q.Limit),
	}
	if l.besides.search(`search_key`, q.Search); len(l.besides.conditions) > 0 {
		l.reach = store.SearchReach
	}
	l.equal(
		equality{`state`, string(q.State)},
		equality{`kind`, q.Kind},
		equality{`operator_id`, q.OperatorID},
	)
	if q.After != nil {
		l.after = []any{q.After.CreatedAt, q.After.ID}
	}
	rows, next, err := readList(ctx, s, l, scanMail)
	if err != nil {
		return store.MailPage{}, s.wrap("list mails", err)
	}
	p := store.MailPage{Rows: rows}
	if next != nil {
		p.Next = &store.MailCursor{CreatedAt: timeOf(next[0].(int64)), ID: next[1].(string)}
	}
	return p, nil
}

// ClaimMail implements [store.Mails].
func (s *Store) ClaimMail(ctx context.Context, now, until time.Time) (store.Mail, error) {
	const (
		due = `SELECT ` + mailColumns + ` FROM postern_mails WHERE state = ? AND next_attempt_at <= ?
			ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED`
		claim = `UPDATE postern_mails SET attempts = attempts + 1, next_attempt_at = ? WHERE id = ?`
	)
	var m store.Mail
	err := s.write(ctx, func(t *tx) (err error) {
		if m, err = find(ctx, t, scanMail, due, store.MailQueued, now); err != nil {
			return err
		}
		m.Attempts++
		m.NextAttemptAt = store.Time(until)
		return t.must(ctx, store.ErrNotFound, claim, until, m.ID)
	})
	if err != nil {
		return store.Mail{}, s.wrap("claim mail", err)
	}
	return m, nil
}

func (t *tx) enqueueMail(ctx context.Context, m store.Mail) error {
	const query = `INSERT INTO postern_mails (` + mailColumns + `)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	return t.must(ctx, store.ErrExists, query, m.ID, m.Kind, m.OperatorID, m.To, m.Subject, m.SearchKey, m.Body, m.State,
		m.Attempts, m.NextAttemptAt, m.Reply, m.CreatedAt, m.SentAt, m.ExpiresAt)
}

func (t *tx) moveMail(ctx context.Context, w store.MoveMail) error {
	const (
		there = `SELECT ` + mailColumns + ` FROM postern_mails WHERE id = ? FOR UPDATE`
		move  = `UPDATE postern_mails SET state = ?, attempts = ?, reply = ?, next_attempt_at = ?, body = ?, sent_at = ?
			WHERE id = ?`
	)
	m, err := find(ctx, t, scanMail, there, w.ID)
	if err != nil {
		return err
	}
	if m.State != w.From || m.Attempts != w.Attempt || m.State != store.MailQueued && m.State != store.MailFailed {
		return store.ErrConflict
	}
	if w.From == store.MailFailed {
		m.Attempts = 0
	}
	switch w.To {
	case store.MailQueued:
		m.NextAttemptAt = w.NextAttemptAt
	case store.MailFailed:
		// It keeps its body for another attempt.
	default:
		m.Body = nil
	}
	if w.To == store.MailSent {
		m.SentAt = w.At
	}
	return t.must(ctx, store.ErrNotFound, move, w.To, m.Attempts, w.Reply, m.NextAttemptAt, m.Body, m.SentAt, w.ID)
}
