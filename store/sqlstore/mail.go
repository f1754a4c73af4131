package sqlstore

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/store"
)

const mailColumns = `id, kind, operator_id, recipient, subject, search_key, body, state, attempts, next_attempt_at, lane, reply,
	created_at, tried_at, sent_at, expires_at`

func scanMail(r row) (m store.Mail, err error) {
	var lane string
	err = r.Scan(&m.ID, &m.Kind, &m.OperatorID, &m.To, &m.Subject, &m.SearchKey, blob(&m.Body), &m.State, &m.Attempts,
		at(&m.NextAttemptAt), &lane, &m.Reply, at(&m.CreatedAt), at(&m.TriedAt), at(&m.SentAt), at(&m.ExpiresAt))
	m.Lane = parseLane(lane)
	return m, err
}

// A lane is kept as one text, because [syntax.lanesDue] steps from one to the next. The
// names of the urgent ones sort after all others.
const (
	urgentLane = "urgent"
	otherLane  = "notice"
	afterLanes = "v"
)

func laneName(l store.MailLane) string {
	if l.Urgent {
		return urgentLane + " " + l.Domain
	}
	return otherLane + " " + l.Domain
}

func parseLane(name string) store.MailLane {
	first, domain, _ := strings.Cut(name, " ")
	return store.MailLane{Urgent: first == urgentLane, Domain: domain}
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
		columns: `id, kind, operator_id, recipient, subject, search_key, NULL, state, attempts, next_attempt_at, lane, reply,
			created_at, tried_at, sent_at, expires_at`,
		table: `postern_mails`, key: []string{`created_at`, `id`}, desc: true,
		limit: store.PageLimit(q.Limit), reach: store.PageReach * store.PageLimit(q.Limit),
	}
	if l.besides.search(s.dialect, `search_key`, q.Search); len(l.besides.conditions) > 0 {
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

// spareLanes is how many lanes are tried, if other replicas empty the first ones.
const spareLanes = 8

// ClaimMail implements [store.Mails].
func (s *Store) ClaimMail(ctx context.Context, c store.MailClaim) (store.Mail, error) {
	from, to := otherLane, afterLanes
	if !c.Others {
		from = urgentLane
	}
	if !c.Urgent {
		to = urgentLane
	}
	query, args := s.dialect.lanesDue(store.MailQueued, from, to, c.Now, len(c.Except)+spareLanes)
	names, err := list(ctx, s, value[string], query, args...)
	if err != nil {
		return store.Mail{}, s.wrap("claim mail", err)
	}
	for _, name := range names {
		if slices.Contains(c.Except, parseLane(name)) {
			continue
		}
		var m store.Mail
		err := s.write(ctx, func(t *tx) (err error) {
			m, err = t.claimMail(ctx, name, c)
			return err
		})
		if !errors.Is(err, store.ErrNotFound) {
			return m, s.wrap("claim mail", err)
		}
	}
	return store.Mail{}, s.wrap("claim mail", store.ErrNotFound)
}

// claimMail claims the email of a lane that has been due for the longest.
func (t *tx) claimMail(ctx context.Context, lane string, c store.MailClaim) (store.Mail, error) {
	const (
		due   = ` FROM postern_mails WHERE state = ? AND lane = ? AND next_attempt_at <= ? ORDER BY next_attempt_at LIMIT 1`
		claim = `UPDATE postern_mails SET attempts = attempts + 1, next_attempt_at = ? WHERE id = `
	)
	d := t.store.dialect
	if d.returning {
		return find(ctx, t, scanMail, claim+`(`+d.lockFree(`SELECT id`+due)+`) RETURNING `+mailColumns, c.Until, store.MailQueued, lane, c.Now)
	}
	m, err := find(ctx, t, scanMail, d.lockFree(`SELECT `+mailColumns+due), store.MailQueued, lane, c.Now)
	if err == nil {
		_, err = t.exec(ctx, claim+`?`, c.Until, m.ID)
		m.Attempts, m.NextAttemptAt = m.Attempts+1, store.Time(c.Until)
	}
	return m, err
}

// mailQueueColumns are those of a [store.MailQueue]. Each is read off the end of an
// index.
const mailQueueColumns = `
		(SELECT count(*) FROM (SELECT 1 FROM postern_mails WHERE state = ? LIMIT ?) AS queued),
		coalesce((SELECT min(created_at) FROM postern_mails WHERE state = ?), 0),
		coalesce((SELECT min(next_attempt_at) FROM postern_mails WHERE state = ?), 0),
		coalesce((SELECT max(tried_at) FROM postern_mails WHERE state = ?), 0),
		coalesce((SELECT max(tried_at) FROM postern_mails WHERE state = ?), 0),
		coalesce((SELECT reply FROM postern_mails WHERE state = ? AND tried_at > 0 ORDER BY tried_at DESC LIMIT 1), '')`

func (t *tx) enqueueMail(m store.Mail) {
	t.again(store.ErrExists, m.ID, `INSERT INTO postern_mails (`+mailColumns+`) VALUES `,
		`(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, t.store.dialect.ifAbsent(``),
		m.ID, m.Kind, m.OperatorID, m.To, m.Subject, m.SearchKey, m.Body, m.State,
		m.Attempts, m.NextAttemptAt, laneName(m.Lane), m.Reply, m.CreatedAt, m.TriedAt, m.SentAt, m.ExpiresAt)
}

// otherMail explains why an email is not in the state, or at the attempt, that a
// write expects.
func (t *tx) otherMail(id string) func(context.Context) error {
	return ifThere(t, store.ErrConflict, `SELECT id FROM postern_mails WHERE id = ?`, id)
}

func (t *tx) moveMail(ctx context.Context, w store.MoveMail) error {
	why := t.otherMail(w.ID)
	if w.From != store.MailQueued && w.From != store.MailFailed {
		return why(ctx)
	}
	attempts, tried := w.Attempt, w.At
	if w.From == store.MailFailed {
		attempts, tried = 0, time.Time{}
	}
	query, args := `UPDATE postern_mails SET state = ?, attempts = ?, reply = ?, tried_at = ?`, []any{w.To, attempts, w.Reply, tried}
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

func (t *tx) renewMail(w store.RenewMail) {
	attempts := w.Attempt
	if w.GiveBack {
		attempts--
	}
	s := t.must(nil, `UPDATE postern_mails SET next_attempt_at = ?, attempts = ? WHERE id = ? AND state = ? AND attempts = ?`,
		w.Until, attempts, w.ID, store.MailQueued, w.Attempt)
	s.why = t.otherMail(w.ID)
	s.only(w.ID)
}
