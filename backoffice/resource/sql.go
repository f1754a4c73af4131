package resource

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/mysqlerror"
	"github.com/postern-go/postern/store/sqlstore"
)

// Table is a table of a database, for [SQL].
type Table struct {
	// Name is the table's name, with its schema if that is not the default: "posts" or
	// "garden.posts". Required.
	Name string
	// Dialect is the kind of database: SQLite, PostgreSQL, or MySQL and MariaDB. Required.
	// For tables of another, write the functions of [Data].
	Dialect sqlstore.Dialect
	// Columns are the columns of fields whose names differ: {"created_at": "createdAt"}.
	Columns map[string]string
	// Times is how the table has its times. With SQLite, which has no type for them,
	// it is required if there is a [Time]. Default, with PostgreSQL: as timestamptz,
	// timestamp or date. Default, with MySQL: as DATETIME or DATE, in UTC whatever the data
	// source name says of time, or as TIMESTAMP if the time_zone of sessions is UTC.
	Times TimeFormat
	// Contains finds words anywhere in a field, and not only where it begins. Without an
	// index for that, such as one of pg_trgm on PostgreSQL, each search reads the table.
	Contains bool
	// Problems says what an error of the database means to the operator, such as that a
	// constraint of yours was violated. If it is nil or returns nothing, and a value that
	// must be unique is not, the problem is found beside its field where the error of
	// the database names the column, or a constraint with the name that PostgreSQL or MySQL
	// gives it.
	Problems func(error) []backoffice.Problem
}

// TimeFormat is how a table has its times: one of these constants, or a layout for
// [time.Time.Format], in UTC, whose texts sort like the times, such as time.DateTime, which
// is what CURRENT_TIMESTAMP is in SQLite. The zero time is 0, or an empty text. A row whose
// time is written differently cannot be read: it would be missing from some pages.
type TimeFormat string

const (
	// UnixSeconds, UnixMillis and UnixMicros are numbers since 1970.
	UnixSeconds TimeFormat = "seconds"
	UnixMillis  TimeFormat = "milliseconds"
	UnixMicros  TimeFormat = "microseconds"
)

// Patience is how long [SQL] waits for the database: a list that takes longer fails with
// [ErrTooSlow].
const Patience = 5 * time.Second

// SQL keeps rows in a table of a database, in the columns that Fields name. Columns without
// a field are not read, and have their default in new rows, as have fields that are neither
// in the form nor set by [Resource.New]. Each call is one statement; db's driver is up to you.
//
// # Lists
//
// A page of a list is read behind the last row of the page before, and rows are never
// counted, so each page costs the same if there is an index on the field by which the list is
// sorted and the key: (published, id). For a filter that selects few of many rows, or Rows
// that name a field, there should be one that begins with that field: (section, published, id).
//
// # Searches
//
// A row matches if one of the searched fields begins with all that was typed, or each word
// is the beginning of one of them. Case is ignored, by SQLite only for ASCII letters. Indexes
// that help are, on PostgreSQL, on (lower(title) text_pattern_ops), and, on SQLite, on
// (title COLLATE NOCASE). On MySQL, the collation of the column says what is ignored, as the
// default one does with case and accents, and an index on the column helps. Columns must be texts.
//
// # Changes
//
// An UPDATE and a DELETE name the version that was read or, without a [Version], the values
// that were read of the fields that change and of Change.Held, and of all fields to delete. The column of a
// [Custom] must be of a type with an equality then: jsonb, not json, and not the JSON of MySQL.
//
// # MySQL and MariaDB
//
// A text is compared with its column's collation to sort and to search, and byte by byte for
// everything else: in scopes, in filters, as a key, and to see whether it changed. New rows
// have an AUTO_INCREMENT, or the key that [Resource.New] or the form set.
func SQL[T any](db *sql.DB, t Table) Data[T] {
	s := &table[T]{db: db, Table: t, patience: Patience, syntax: syntaxOf(t.Dialect)}
	return Data[T]{
		List: s.list, Get: s.get, Create: s.create, Update: s.update, Delete: s.delete,
		use: s.begin,
	}
}

type table[T any] struct {
	user[T]
	Table
	syntax
	db *sql.DB
	// patience is Patience, but for tests.
	patience time.Duration
}

var (
	tableForm  = regexp.MustCompile(`^[\pL_][\pL\pN_$ -]{0,62}(\.[\pL_][\pL\pN_$ -]{0,62})?$`)
	columnForm = regexp.MustCompile(`^[\pL_][\pL\pN_$ -]{0,62}$`)
)

// begin is called by the resource.
func (t *table[T]) begin(m *model[T]) error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("resource.SQL: "+format, args...)) }
	if t.db == nil {
		bad("db is nil")
	}
	if !tableForm.MatchString(t.Name) {
		bad("Table.Name %q is not the name of a table", t.Name)
	}
	if mistake := known(t.Dialect); mistake != "" {
		bad("Table.Dialect: %s", mistake)
	}
	for field, column := range t.Columns {
		if c := m.byName[field]; c == nil || !c.stored() {
			bad("Table.Columns: there is no field %q; the fields are %s", field, strings.Join(m.names(), ", "))
		}
		if !columnForm.MatchString(column) {
			bad("Table.Columns: %q is not the name of a column", column)
		}
	}
	hasTime := slices.ContainsFunc(m.columns, func(c *column[T]) bool { return c.kind == timeKind })
	if hasTime && t.Times == "" && t.syntax == sqlite {
		bad("Table.Times is required, as SQLite has no type for times: say how the table has them, such as resource.UnixSeconds or time.DateTime")
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	return t.use(m)
}

func (t *table[T]) columnOf(s *spec) string {
	if name, ok := t.Columns[s.name]; ok {
		return t.quote(name)
	}
	return t.quote(s.name)
}

// bounded is ctx for one statement, and what an error of it means.
func (x syntax) bounded(ctx context.Context, patience time.Duration) (context.Context, func(error) error, func()) {
	inner, cancel := context.WithTimeoutCause(ctx, patience, ErrTooSlow)
	return inner, func(err error) error {
		if err != nil && x == mysql {
			err = mysqlerror.Hush(err)
		}
		if err != nil && ctx.Err() == nil && errors.Is(context.Cause(inner), ErrTooSlow) {
			return fmt.Errorf("%w (%v): %w", ErrTooSlow, patience, err)
		}
		return err
	}, cancel
}

func (t *table[T]) get(ctx context.Context, id string) (row T, err error) {
	m, err := t.fields()
	if err != nil {
		return row, err
	}
	key, err := m.keyOf(id)
	if err != nil {
		return row, err
	}
	return t.read(ctx, m, key)
}

// read returns the row with the key, with all its fields.
func (t *table[T]) read(ctx context.Context, m *model[T], key any) (row T, err error) {
	s := t.statement()
	columns := t.selected(s, m, func(*column[T]) bool { return true })
	s.add(" WHERE ")
	t.equals(s, &m.key.spec, key)
	ctx, explain, cancel := t.bounded(ctx, t.patience)
	defer cancel()
	var none T
	err = t.db.QueryRowContext(ctx, s.String(), s.args...).Scan(t.cells(columns, &row)...)
	switch {
	case errors.Is(err, sql.ErrNoRows), malformed(err):
		return none, backoffice.ErrNotFound
	case err != nil:
		return none, fmt.Errorf("read a row of %s: %w", t.Name, explain(err))
	}
	return row, nil
}

// selected writes SELECT with the wanted columns of the table, and returns them.
func (t *table[T]) selected(s *statement, m *model[T], wanted func(*column[T]) bool) (columns []*column[T]) {
	s.add("SELECT ")
	for _, c := range m.columns {
		if !c.stored() || !wanted(c) {
			continue
		}
		if len(columns) > 0 {
			s.add(", ")
		}
		switch name := t.columnOf(&c.spec); {
		case c.values == times && t.syntax == sqlite:
			// As it is: drivers parse what is in columns of type DATETIME, each in its way.
			s.add("CAST(")
			s.name(name)
			s.add(" AS TEXT)")
		case c.values == times && t.syntax == mysql && !t.numeric():
			s.add("CAST(")
			s.name(name)
			s.add(" AS CHAR) AS ")
			s.name(name)
		default:
			s.name(name)
		}
		columns = append(columns, c)
	}
	s.add(" FROM ")
	s.name(t.quoteTable(t.Name))
	return columns
}
