// Package recorder counts what an office sends to its database.
package recorder

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"regexp"
	"strings"
	"sync"
)

// Recorder opens connections that count what goes to the database and comes back:
// each statement, BEGIN, COMMIT and ROLLBACK is one. Statements that are sent
// together count as one. Preparing one does not count, because it happens once per
// connection, unless the driver does it each time.
type Recorder struct {
	driver driver.Driver
	dsn    string
	// Unlogged is a table for which the database does not wait for the disk.
	Unlogged string

	mu    sync.Mutex
	sent  []string
	saved int
}

// Open opens a pool that counts.
func Open(driver, dsn string) (*sql.DB, *Recorder, error) {
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = db.Close() }()
	r := &Recorder{driver: db.Driver(), dsn: dsn}
	return sql.OpenDB(r), r, nil
}

// Take returns what was sent since it was last called.
func (r *Recorder) Take() Counts {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := Counts{All: len(r.sent), Saved: r.saved, Sent: r.sent}
	for _, query := range r.sent {
		if strings.HasPrefix(query, "COMMIT") {
			c.Commits++
		}
	}
	r.sent, r.saved = nil, 0
	return c
}

// Counts are how many statements were sent, and how many of them are COMMIT.
type Counts struct {
	All, Commits int
	// Saved is how often the disk was waited for: transactions that changed something, and
	// statements that did so outside of one.
	Saved int
	Sent  []string
}

// add counts a statement that goes over a connection.
func (c *recordedConn) add(query string) {
	query = strings.TrimSpace(query)
	change := changes(query) && (c.r.Unlogged == "" || !strings.Contains(query, c.r.Unlogged))
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	c.r.sent = append(c.r.sent, query)
	switch {
	case strings.HasPrefix(query, "BEGIN"), strings.HasPrefix(query, "START TRANSACTION"):
		c.inside, c.changed = true, false
	case strings.HasPrefix(query, "ROLLBACK"):
		c.inside = false
	case strings.HasPrefix(query, "COMMIT"):
		c.inside = false
		if c.changed {
			c.r.saved++
		}
	case change && c.inside:
		c.changed = true
	case change:
		c.r.saved++
	}
}

// change finds the first word of a statement that changes rows, also behind WITH.
var change = regexp.MustCompile(`(?i)(^|[ (\n\t])(INSERT INTO|UPDATE postern|DELETE FROM) ?`)

func changes(query string) bool { return change.MatchString(query) }

// Driver implements [driver.Connector].
func (r *Recorder) Driver() driver.Driver { return r.driver }

// Connect implements [driver.Connector].
func (r *Recorder) Connect(context.Context) (driver.Conn, error) {
	conn, err := r.driver.Open(r.dsn)
	return &recordedConn{Conn: conn, r: r}, err
}

// recordedConn passes on what database/sql asks drivers for.
type recordedConn struct {
	driver.Conn
	r *Recorder
	// inside says that a transaction has begun, changed that it has changed something.
	inside, changed bool
	// skipped says that the driver wants the statement prepared that it has just got.
	skipped bool
}

func (c *recordedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	result, err := c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
	c.sentUnless(err, query)
	return result, err
}

func (c *recordedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
	c.sentUnless(err, query)
	return rows, err
}

// sentUnless counts a statement unless the driver wants it prepared, which then takes a
// way of its own each time.
func (c *recordedConn) sentUnless(err error, query string) {
	if c.skipped = errors.Is(err, driver.ErrSkip); !c.skipped {
		c.add(query)
	}
}

func (c *recordedConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	c.add("BEGIN")
	tx, err := c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
	return recordedTx{tx, c}, err
}

func (c *recordedConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if c.skipped {
		c.skipped = false
		c.add("PREPARE")
	}
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
	c *recordedConn
}

func (t recordedTx) Commit() error {
	t.c.add("COMMIT")
	return t.Tx.Commit()
}

func (t recordedTx) Rollback() error {
	t.c.add("ROLLBACK")
	return t.Tx.Rollback()
}

type recordedStmt struct {
	driver.Stmt
	c     *recordedConn
	query string
}

func (s *recordedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	s.c.add(s.query)
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

func (s *recordedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.c.add(s.query)
	return s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
}

func (s *recordedStmt) CheckNamedValue(v *driver.NamedValue) error { return s.c.CheckNamedValue(v) }
