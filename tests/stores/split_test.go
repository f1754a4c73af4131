package stores_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// splitter sends what is in a transaction to one server and the rest to another, as
// proxies do that split reads from writes.
type splitter struct {
	driver        driver.Driver
	reads, writes string
}

func (s splitter) Driver() driver.Driver { return s.driver }

func (s splitter) Connect(context.Context) (driver.Conn, error) {
	reads, err := s.driver.Open(s.reads)
	if err != nil {
		return nil, err
	}
	writes, err := s.driver.Open(s.writes)
	return &splitConn{Conn: reads, writes: writes}, err
}

type splitConn struct {
	driver.Conn // for reads
	writes      driver.Conn
	inside      bool // of a transaction
}

func (c *splitConn) conn() driver.Conn {
	if c.inside {
		return c.writes
	}
	return c.Conn
}

func (c *splitConn) Close() error {
	_ = c.writes.Close()
	return c.Conn.Close()
}

func (c *splitConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	return c.conn().(driver.ConnPrepareContext).PrepareContext(ctx, query)
}

func (c *splitConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.conn().(driver.QueryerContext).QueryContext(ctx, query, args)
}

func (c *splitConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if strings.HasPrefix(query, "SET TRANSACTION") || begins(query) {
		c.inside = true
	}
	conn := c.conn()
	if query == "COMMIT" || query == "ROLLBACK" {
		c.inside = false
	}
	return conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

// requireNotSplit requires that a proxy between the two is refused, whose reads may be old.
func requireNotSplit(t *testing.T, reads, writes database) {
	t.Helper()
	db := sql.OpenDB(splitter{reads.open(t).Driver(), reads.dsn, writes.dsn})
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.ErrorContains(t, reads.over(t, db).Migrate(t.Context()), "a proxy sends reads to ")
}
