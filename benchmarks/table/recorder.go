package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strings"
	"sync"
)

// recorder opens connections that count what goes to the database and comes back:
// each statement, BEGIN, COMMIT and ROLLBACK is one. Statements that are sent
// together count as one. Preparing one does not count, because it happens once per
// connection.
type recorder struct {
	driver driver.Driver
	dsn    string

	mu   sync.Mutex
	sent []string
}

// record opens a pool that counts.
func (d database) record() (*sql.DB, *recorder, error) {
	db, err := sql.Open(d.driver, d.dsn)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = db.Close() }()
	r := &recorder{driver: db.Driver(), dsn: d.dsn}
	return sql.OpenDB(r), r, nil
}

// take returns what was sent since it was last called.
func (r *recorder) take() counts {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := counts{all: len(r.sent), sent: r.sent}
	for _, query := range r.sent {
		if strings.HasPrefix(query, "COMMIT") {
			c.commits++
		}
	}
	r.sent = nil
	return c
}

// counts are how many statements were sent, and how many of them are COMMIT.
type counts struct {
	all, commits int
	sent         []string
}

func (r *recorder) add(query string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent = append(r.sent, strings.TrimSpace(query))
}

func (r *recorder) Driver() driver.Driver { return r.driver }

func (r *recorder) Connect(context.Context) (driver.Conn, error) {
	conn, err := r.driver.Open(r.dsn)
	return &recordedConn{conn, r}, err
}

// recordedConn passes on what database/sql asks drivers for.
type recordedConn struct {
	driver.Conn
	r *recorder
}

func (c *recordedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.r.add(query)
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

func (c *recordedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.r.add(query)
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

func (c *recordedConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	c.r.add("BEGIN")
	tx, err := c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
	return recordedTx{tx, c.r}, err
}

func (c *recordedConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	stmt, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
	return &recordedStmt{stmt, c, query}, err
}

func (c *recordedConn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.Conn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

func (c *recordedConn) ResetSession(ctx context.Context) error {
	if resetter, ok := c.Conn.(driver.SessionResetter); ok {
		return resetter.ResetSession(ctx)
	}
	return nil
}

func (c *recordedConn) IsValid() bool {
	validator, ok := c.Conn.(driver.Validator)
	return !ok || validator.IsValid()
}

type recordedTx struct {
	driver.Tx
	r *recorder
}

func (t recordedTx) Commit() error {
	t.r.add("COMMIT")
	return t.Tx.Commit()
}

func (t recordedTx) Rollback() error {
	t.r.add("ROLLBACK")
	return t.Tx.Rollback()
}

type recordedStmt struct {
	driver.Stmt
	c     *recordedConn
	query string
}

func (s *recordedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	s.c.r.add(s.query)
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

func (s *recordedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.c.r.add(s.query)
	return s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
}

func (s *recordedStmt) CheckNamedValue(v *driver.NamedValue) error { return s.c.CheckNamedValue(v) }
