package stores_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// statement is what a store has sent to a database.
type statement struct {
	query string
	args  []any
	// rows is how many it changed.
	rows int64
}

// recorder is a driver that writes down what goes through it.
type recorder struct {
	driver driver.Driver
	dsn    string
	// edit, if not nil, changes statements on their way.
	edit *strings.Replacer

	mu   sync.Mutex
	sent []statement
	// after, if set, is called after each statement that returns no rows.
	after func(statement)
}

// record opens a pool over which all statements are written down.
func (d database) record(t *testing.T) (*sql.DB, *recorder) {
	t.Helper()
	r := &recorder{driver: d.open(t).Driver(), dsn: d.dsn}
	db := sql.OpenDB(r)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db, r
}

// take returns what was sent since it was last called.
func (r *recorder) take() []statement {
	r.mu.Lock()
	defer r.mu.Unlock()
	sent := r.sent
	r.sent = nil
	return sent
}

func (r *recorder) add(query string, args []driver.NamedValue, rows int64) {
	values := make([]any, len(args))
	for i, arg := range args {
		values[i] = arg.Value
		if b, ok := arg.Value.([]byte); ok {
			values[i] = slices.Clone(b)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent = append(r.sent, statement{query, values, rows})
	if r.after != nil {
		r.after(r.sent[len(r.sent)-1])
	}
}

func (r *recorder) Driver() driver.Driver { return r.driver }

func (r *recorder) Connect(context.Context) (driver.Conn, error) {
	conn, err := r.driver.Open(r.dsn)
	return recordedConn{conn, r}, err
}

type recordedConn struct {
	driver.Conn
	recorder *recorder
}

func (c recordedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
	if !errors.Is(err, driver.ErrSkip) { // which has it prepared first, and come again
		c.recorder.add(query, args, 0)
	}
	return rows, err
}

func (c recordedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	sent := query
	if c.recorder.edit != nil {
		query = c.recorder.edit.Replace(query)
	}
	result, err := c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
	rows := int64(0)
	if err == nil {
		rows, _ = result.RowsAffected() // BEGIN has none
	}
	if !errors.Is(err, driver.ErrSkip) {
		c.recorder.add(sent, args, rows)
	}
	return result, err
}

// PrepareContext records each run of the statement, not that it is prepared.
func (c recordedConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	stmt, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
	return recordedStmt{stmt, c.recorder, query}, err
}

type recordedStmt struct {
	driver.Stmt
	recorder *recorder
	query    string
}

func (s recordedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	result, err := s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
	rows := int64(0)
	if err == nil {
		rows, _ = result.RowsAffected()
	}
	s.recorder.add(s.query, args, rows)
	return result, err
}

func (s recordedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.recorder.add(s.query, args, 0)
	return s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
}
