package memstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/postern-go/postern/store"
)

// FindMail implements [store.Mails].
func (s *Store) FindMail(ctx context.Context, id string) (store.Mail, error) {
	if err := ctx.Err(); err != nil {
		return store.Mail{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	m, ok := s.mails[id]
	if !ok {
		return store.Mail{}, missing("mail")
	}
	m.Body = bytes.Clone(m.Body)
	return m, nil
}

// ListMails implements [store.Mails]. It looks at every email, so every page is
// full.
func (s *Store) ListMails(ctx context.Context, q store.MailQuery) (store.MailPage, error) {
	if err := ctx.Err(); err != nil {
		return store.MailPage{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var before store.Mail
	if q.After != nil {
		before = store.Mail{CreatedAt: store.Time(q.After.CreatedAt), ID: q.After.ID}
	}
	var found []store.Mail
	for _, m := range s.mails {
		switch {
		case q.State != "" && m.State != q.State:
		case q.Kind != "" && m.Kind != q.Kind:
		case q.OperatorID != "" && m.OperatorID != q.OperatorID:
		case !contains(m.SearchKey, q.Search):
		case q.After != nil && newestFirst(m, before) <= 0:
		default:
			m.Body = nil
			found = append(found, m)
		}
	}
	slices.SortFunc(found, newestFirst)
	page := store.MailPage{Rows: found[:min(len(found), store.PageLimit(q.Limit))]}
	if n := len(page.Rows); n < len(found) {
		last := page.Rows[n-1]
		page.Next = &store.MailCursor{CreatedAt: last.CreatedAt, ID: last.ID}
	}
	return page, nil
}

func newestFirst(a, b store.Mail) int {
	return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.ID, a.ID))
}

// ClaimMail implements [store.Mails].
func (s *Store) ClaimMail(ctx context.Context, c store.MailClaim) (store.Mail, error) {
	if err := ctx.Err(); err != nil {
		return store.Mail{}, err
	}
	now := store.Time(c.Now)
	defer s.change()()
	var due store.Mail
	found := false
	for _, m := range s.mails {
		switch {
		case m.State != store.MailQueued, m.NextAttemptAt.After(now), slices.Contains(c.Except, m.Lane):
		case m.Lane.Urgent && !c.Urgent, !m.Lane.Urgent && !c.Others:
		case !found || overtakes(m, due):
			due, found = m, true
		}
	}
	if !found {
		return store.Mail{}, missing("due mail")
	}
	due.Attempts++
	due.NextAttemptAt = store.Time(c.Until)
	s.mails[due.ID] = due
	due.Body = bytes.Clone(due.Body)
	return due, nil
}

// overtakes reports whether a is claimed before b.
func overtakes(a, b store.Mail) bool {
	if a.Lane.Urgent != b.Lane.Urgent {
		return a.Lane.Urgent
	}
	return a.NextAttemptAt.Before(b.NextAttemptAt)
}

// Pulse implements [store.Store].
func (s *Store) Pulse(ctx context.Context) (store.Pulse, error) {
	if err := ctx.Err(); err != nil {
		return store.Pulse{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return store.Pulse{Reading: store.Reading{Revision: s.parameters.Revision}, Mail: s.mailQueue()}, nil
}

func (s *Store) mailQueue() (q store.MailQueue) {
	for _, m := range s.mails {
		if m.State == store.MailSent && m.TriedAt.After(q.SentAt) {
			q.SentAt = m.TriedAt
		}
		if m.State != store.MailQueued {
			continue
		}
		if q.Queued == 0 || m.CreatedAt.Before(q.OldestAt) {
			q.OldestAt = m.CreatedAt
		}
		if q.Queued == 0 || m.NextAttemptAt.Before(q.DueAt) {
			q.DueAt = m.NextAttemptAt
		}
		if m.TriedAt.After(q.FailedAt) {
			q.FailedAt, q.Reply = m.TriedAt, m.Reply
		}
		q.Queued++
	}
	q.Queued = min(q.Queued, store.MailQueueMost)
	return q
}

func (s *Store) enqueueMail(u *undo, w store.EnqueueMail) error {
	m := w.Mail
	if _, had := s.mails[m.ID]; had {
		return store.ErrExists
	}
	m.Body = bytes.Clone(m.Body)
	m.NextAttemptAt = store.Time(m.NextAttemptAt)
	m.CreatedAt = store.Time(m.CreatedAt)
	m.TriedAt = store.Time(m.TriedAt)
	m.SentAt = store.Time(m.SentAt)
	m.ExpiresAt = store.Time(m.ExpiresAt)
	put(u, s.mails, m.ID, m)
	return nil
}

func (s *Store) moveMail(u *undo, w store.MoveMail) error {
	m, ok := s.mails[w.ID]
	switch {
	case !ok:
		return store.ErrNotFound
	case m.State != w.From || m.Attempts != w.Attempt, m.State != store.MailQueued && m.State != store.MailFailed:
		return store.ErrConflict
	}
	if w.From == store.MailFailed {
		m.Attempts, m.TriedAt = 0, time.Time{}
	} else {
		m.TriedAt = store.Time(w.At)
	}
	m.State, m.Reply = w.To, w.Reply
	switch w.To {
	case store.MailQueued:
		m.NextAttemptAt = store.Time(w.NextAttemptAt)
	case store.MailFailed:
		// It keeps its body for another attempt.
	default:
		m.Body = nil
	}
	if w.To == store.MailSent {
		m.SentAt = store.Time(w.At)
	}
	put(u, s.mails, m.ID, m)
	return nil
}

func (s *Store) renewMail(u *undo, w store.RenewMail) error {
	m, ok := s.mails[w.ID]
	switch {
	case !ok:
		return store.ErrNotFound
	case m.State != store.MailQueued || m.Attempts != w.Attempt:
		return store.ErrConflict
	}
	m.NextAttemptAt = store.Time(w.Until)
	if w.GiveBack {
		m.Attempts--
	}
	put(u, s.mails, m.ID, m)
	return nil
}
