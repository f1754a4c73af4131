package sqlstore

import (
	"context"

	"github.com/postern-go/postern/store"
)

func scanParameters(r row) (p store.Parameters, err error) {
	err = r.Scan(&p.Revision, &p.Alias, &p.PreviousAlias, at(&p.ConfirmBy), fromJSON(&p.Values),
		at(&p.UpdatedAt), &p.UpdatedBy)
	return p, err
}

// LoadParameters implements [store.ParametersStore].
func (s *Store) LoadParameters(ctx context.Context) (store.Parameters, error) {
	const query = `SELECT revision, alias, previous_alias, confirm_by, settings, updated_at, updated_by
		FROM postern_parameters WHERE id = 1`
	p, err := find(ctx, s, scanParameters, query)
	return p, s.wrap("load parameters", err)
}

// ParametersRevision implements [store.ParametersStore].
func (s *Store) ParametersRevision(ctx context.Context) (store.Reading, error) {
	query := `SELECT COALESCE((SELECT revision FROM postern_parameters WHERE id = 1), 0), ` + s.dialect.now
	reading, err := find(ctx, s, scanReading, query)
	return reading, s.wrap("parameters revision", err)
}

func scanReading(r row) (read store.Reading, err error) {
	err = r.Scan(&read.Revision, at(&read.At))
	return read, err
}

func (t *tx) putParameters(p store.Parameters) {
	const (
		insert = `INSERT INTO postern_parameters (id, revision, alias, previous_alias, confirm_by, settings,
			updated_at, updated_by) VALUES (1, 1, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
		update = `UPDATE postern_parameters SET revision = revision + 1, alias = ?, previous_alias = ?,
			confirm_by = ?, settings = ?, updated_at = ?, updated_by = ? WHERE id = 1 AND revision = ?`
	)
	args := []any{p.Alias, p.PreviousAlias, p.ConfirmBy, p.Values, p.UpdatedAt, p.UpdatedBy}
	if p.Revision == 0 {
		t.must(store.ErrConflict, insert, args...)
		return
	}
	t.must(store.ErrConflict, update, append(args, p.Revision)...)
}
