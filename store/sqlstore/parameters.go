package sqlstore

import (
	"context"

	"github.com/postern-go/postern/store"
)

func scanParameters(r row) (p store.Parameters, err error) {
	err = r.Scan(&p.Revision, &p.Office, &p.Alias, &p.PreviousAlias, at(&p.ConfirmBy), at(&p.SessionsFrom),
		fromJSON(&p.Values), fromJSON(&p.Setup), at(&p.UpdatedAt), &p.UpdatedBy)
	return p, err
}

// LoadParameters implements [store.ParametersStore].
func (s *Store) LoadParameters(ctx context.Context) (store.Parameters, error) {
	query := `SELECT ` + s.revisionIn("") + `, office, alias, previous_alias, confirm_by, sessions_from, settings, setup, updated_at, updated_by
		FROM postern_parameters WHERE id = 1 AND (revision > 0 OR min_version > ?)`
	p, err := orAside(s, func(s *Store) (store.Parameters, error) { return find(ctx, s, scanParameters, query, s.schema) })
	if err == nil {
		err = s.fence(p.Revision)
	}
	if err != nil {
		p = store.Parameters{}
	}
	return p, s.wrap("load parameters", err)
}

// ParametersRevision implements [store.ParametersStore].
func (s *Store) ParametersRevision(ctx context.Context) (read store.Reading, err error) {
	var now int64
	err = s.retry(ctx, func() error { return s.revision.first(ctx, s, []any{&read.Revision, &now}) })
	if err == nil {
		err = s.fence(read.Revision)
	}
	if err != nil && s.home == nil && isReadable(err) {
		return s.aside().ParametersRevision(ctx)
	}
	if err != nil {
		return store.Reading{}, s.wrap("parameters revision", err)
	}
	read.At = timeOf(now)
	return read, nil
}

func (s *Store) selectReading() string {
	return `SELECT ` + s.revisionIn("") + `, ` + s.dialect.now + ` FROM postern_parameters WHERE id = 1`
}

// Pulse implements [store.Store].
func (s *Store) Pulse(ctx context.Context) (store.Pulse, error) {
	query := `SELECT ` + s.revisionIn("") + `, ` + s.dialect.now + `, ` + s.dialect.readOnly + `, ` + mailQueueColumns + ` FROM postern_parameters WHERE id = 1`
	const q = store.MailQueued
	p, err := find(ctx, s, func(r row) (p store.Pulse, err error) {
		m := &p.Mail
		err = r.Scan(&p.Revision, at(&p.At), &p.ReadOnly,
			&m.Queued, at(&m.OldestAt), at(&m.DueAt), at(&m.SentAt), at(&m.FailedAt), &m.Reply)
		return p, err
	}, query, q, store.MailQueueMost, q, q, store.MailSent, q, q)
	if err == nil {
		err = s.fence(p.Revision)
	}
	if err != nil {
		return store.Pulse{}, s.wrap("pulse", err)
	}
	return p, nil
}

func (t *tx) putParameters(p store.Parameters) {
	const query = `UPDATE postern_parameters SET revision = revision + 1, office = ?, alias = ?, previous_alias = ?,
		confirm_by = ?, sessions_from = ?, settings = ?, setup = ?, updated_at = ?, updated_by = ? WHERE id = 1 AND revision = ?`
	t.must(store.ErrConflict, query,
		p.Office, p.Alias, p.PreviousAlias, p.ConfirmBy, p.SessionsFrom, p.Values, p.Setup, p.UpdatedAt, p.UpdatedBy, p.Revision)
}
