package sqlstore

import (
	"context"
	"database/sql"
	"strings"

	"github.com/postern-go/postern/store"
)

// reader runs queries: a [Store], or a transaction of one.
type reader interface {
	rows(ctx context.Context, query string, args []any) (*sql.Rows, error)
	// retry calls f until it fails for good or succeeds.
	retry(ctx context.Context, f func() error) error
}

// row is the part of sql.Rows that reads one row.
type row interface{ Scan(into ...any) error }

func (s *Store) rows(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	n, err := s.node(ctx)
	if err != nil {
		return nil, err
	}
	return s.db.QueryContext(ctx, n.waiting(s.sql(query)), bind(args)...)
}

// list returns what scan makes of every row of a query.
func list[T any](ctx context.Context, r reader, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	var found []T
	err := r.retry(ctx, func() error {
		found = nil
		rows, err := r.rows(ctx, query, args)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			one, err := scan(rows)
			if err != nil {
				return whyNot(rows, err)
			}
			found = append(found, one)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// whyNot returns the error of a query, or else that of scanning a row. A node of Galera
// that undoes a transaction may send half a row first.
func whyNot(rows *sql.Rows, scanned error) error {
	for rows.Next() {
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return scanned
}

// find returns what scan makes of the first row of a query, or ErrNotFound.
func find[T any](ctx context.Context, r reader, scan func(row) (T, error), query string, args ...any) (T, error) {
	found, err := list(ctx, r, scan, query, args...)
	if err == nil && len(found) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		var none T
		return none, err
	}
	return found[0], nil
}

// value scans a row of one column.
func value[T any](r row) (v T, err error) {
	err = r.Scan(&v)
	return v, err
}

// exists reports whether a query returns a row. The query selects a text.
func exists(ctx context.Context, r reader, query string, args ...any) (bool, error) {
	found, err := list(ctx, r, value[string], query, args...)
	return len(found) > 0, err
}

// ifThere returns a function that explains why a statement changed nothing: because of
// the error there, if a query returns a row, or else because nothing was found.
func ifThere(r reader, there error, query string, args ...any) func(context.Context) error {
	return func(ctx context.Context) error {
		found, err := exists(ctx, r, query, args...)
		switch {
		case err != nil:
			return err
		case found:
			return there
		}
		return store.ErrNotFound
	}
}

// filter collects the conditions of a query that selects a page.
type filter struct {
	conditions []string
	args       []any
}

func (f *filter) and(condition string, args ...any) {
	f.conditions = append(f.conditions, condition)
	f.args = append(f.args, args...)
}

// add adds the conditions of another filter.
func (f *filter) add(other filter) {
	f.conditions = append(f.conditions, other.conditions...)
	f.args = append(f.args, other.args...)
}

func (f *filter) where() string {
	if len(f.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(f.conditions, " AND ")
}

// with returns the arguments of the conditions, and further ones after them.
func (f *filter) with(more ...any) []any { return append(f.args, more...) }
