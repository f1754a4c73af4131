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
func (s *Store) ClaimMail(ctx context.Context, now, until time.Time) (store.Mail, error) {
	if err := ctx.Err(); err != nil {
		return store.Mail{}, err
	}
	now = store.Time(now)
	s.mu.Lock()
	defer s.mu.Unlock()
	var due store.Mail
	found := false
	for _, m := range s.mails {
		if m.State != store.MailQueued || m.NextAttemptAt.After(now) {
			continue
		}
		if !found || m.NextAttemptAt.Before(due.NextAttemptAt) {
			due, found = m, true
		}
	}
	if !found {
		return store.Mail{}, missing("due mail")
	}
	due.Attempts++
	due.NextAttemptAt = store.Time(until)
	s.mails[due.ID] = due
	due.Body = bytes.Clone(due.Body)
	return due, nil
}

func (s *Store) enqueueMail(u *undo, w store.EnqueueMail) error {
	m := w.Mail
	if _, had := s.mails[m.ID]; had {
		return store.ErrExists
	}
	m.Body = bytes.Clone(m.Body)
	m.NextAttemptAt = store.Time(m.NextAttemptAt)
	m.CreatedAt = store.Time(m.CreatedAt)
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
		m.Attempts = 0
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
