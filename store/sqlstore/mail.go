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
		_, err = t.exec(ctx, claim, until, m.ID)
		return err
	})
	if err != nil {
		return store.Mail{}, s.wrap("claim mail", err)
	}
	return m, nil
}

func (t *tx) enqueueMail(m store.Mail) {
	t.again(store.ErrExists, m.ID, `INSERT INTO postern_mails (`+mailColumns+`) VALUES `,
		`(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, ` ON CONFLICT DO NOTHING`,
		m.ID, m.Kind, m.OperatorID, m.To, m.Subject, m.SearchKey, m.Body, m.State,
		m.Attempts, m.NextAttemptAt, m.Reply, m.CreatedAt, m.SentAt, m.ExpiresAt)
}

func (t *tx) moveMail(ctx context.Context, w store.MoveMail) error {
	const there = `SELECT id FROM postern_mails WHERE id = ?`
	why := func(ctx context.Context) error {
		found, err := exists(ctx, t, there, w.ID)
		switch {
		case err != nil:
			return err
		case found:
			return store.ErrConflict
		}
		return store.ErrNotFound
	}
	if w.From != store.MailQueued && w.From != store.MailFailed {
		return why(ctx)
	}
	attempts := w.Attempt
	if w.From == store.MailFailed {
		attempts = 0
	}
	query, args := `UPDATE postern_mails SET state = ?, attempts = ?, reply = ?`, []any{w.To, attempts, w.Reply}
	switch w.To {
	case store.MailQueued:
		query, args = query+`, next_attempt_at = ?`, append(args, w.NextAttemptAt)
	case store.MailFailed:
		// It keeps its body for another attempt.
	default:
		query, args = query+`, body = ?`, append(args, []byte{})
	}
	if w.To == store.MailSent {
		query, args = query+`, sent_at = ?`, append(args, w.At)
	}
	s := t.must(nil, query+` WHERE id = ? AND state = ? AND attempts = ?`, append(args, w.ID, w.From, w.Attempt)...)
	s.why = why
	s.only(w.ID)
	return nil
}
