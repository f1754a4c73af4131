package sqlstore_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
)

// fake is a database that answers each statement with an error, or nil for success.
// Its connections are numbered from one.
type fake struct {
	driver.Conn
	opened *int
	number int
	answer func(connection int, statement string) error
}

func (f fake) Driver() driver.Driver { return nil }
func (f fake) Close() error          { return nil }

func (f fake) Connect(context.Context) (driver.Conn, error) {
	*f.opened++
	f.number = *f.opened
	return f, nil
}

func (f fake) ExecContext(_ context.Context, query string, _ []driver.NamedValue) (driver.Result, error) {
	return driver.ResultNoRows, f.answer(f.number, query)
}

func (f fake) QueryContext(_ context.Context, query string, _ []driver.NamedValue) (driver.Rows, error) {
	return empty{}, f.answer(f.number, query)
}

// empty is a result without rows.
type empty struct{}

func (empty) Columns() []string         { return []string{"id"} }
func (empty) Close() error              { return nil }
func (empty) Next([]driver.Value) error { return io.EOF }

// over makes a pool and a store over a fake.
func over(t *testing.T, d sqlstore.Dialect, answer func(int, string) error) (*sql.DB, *sqlstore.Store) {
	t.Helper()
	db := sql.OpenDB(fake{opened: new(int), answer: answer})
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	s, err := sqlstore.New(db, d, sqlstore.Config{})
	require.NoError(t, err)
	return db, s
}

// sqlState is an error as drivers of PostgreSQL have it.
type sqlState string

func (s sqlState) Error() string    { return "ERROR: (SQLSTATE " + string(s) + ")" }
func (s sqlState) SQLState() string { return string(s) }

func TestWhatErrorsMean(t *testing.T) {
	system := errors.New("none of the below")
	read := &net.OpError{Op: "read", Err: syscall.ECONNRESET}
	dial := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	anywhere := map[error]error{
		driver.ErrBadConn:                      store.ErrUnavailable,
		sql.ErrConnDone:                        store.ErrUnavailable,
		io.EOF:                                 store.ErrUnavailable,
		io.ErrUnexpectedEOF:                    store.ErrUnavailable,
		net.ErrClosed:                          store.ErrUnavailable,
		syscall.EPIPE:                          store.ErrUnavailable,
		read:                                   store.ErrUnavailable,
		dial:                                   store.ErrUnavailable,
		&net.DNSError{Name: "db", Err: "gone"}: store.ErrUnavailable,
		context.DeadlineExceeded:               store.ErrUnavailable,
		context.Canceled:                       system,
		system:                                 system,
	}
	postgreSQL := map[error]error{
		errors.New("failed to connect to `user=app`: read only connection"): store.ErrUnavailable,
		sqlState("23505"): system, sqlState("25P02"): system, sqlState("28P01"): system,
		sqlState("42601"): system, sqlState("42501"): system, sqlState("XX000"): system,
		sqlState("25006"): store.ErrReadOnly, sqlState("53100"): store.ErrReadOnly,
		sqlState("42P01"): store.ErrIncompatible, sqlState("42703"): store.ErrIncompatible,
	}
	for _, state := range []sqlState{
		"08000", "08003", "08006", "08P01", "53000", "53200", "53300", "53400", "57014", "57P01", "57P02", "57P03", "57P05",
		"25P03", "25P04", "58030",
	} {
		postgreSQL[state] = store.ErrUnavailable
	}
	sqlite := map[error]error{
		errors.New("attempt to write a readonly database (8)"): store.ErrReadOnly,
		errors.New("database or disk is full (13)"):            store.ErrReadOnly,
		errors.New("disk I/O error (10)"):                      store.ErrUnavailable,
		errors.New("unable to open database file (14)"):        store.ErrUnavailable,
		errors.New("database disk image is malformed (11)"):    system,
		errors.New("no such column: later (1)"):                store.ErrIncompatible,
		errors.New("table a has no column named b (1)"):        store.ErrIncompatible,
	}
	for _, d := range []struct {
		name    string
		dialect sqlstore.Dialect
		errors  []map[error]error
	}{
		{"PostgreSQL", sqlstore.PostgreSQL(), []map[error]error{anywhere, postgreSQL}},
		{"SQLite", sqlstore.SQLite(), []map[error]error{anywhere, sqlite}},
		{"MySQL", sqlstore.MySQL(), []map[error]error{anywhere, mysqlErrors(system)}},
	} {
		for _, table := range d.errors {
			for cause, sentinel := range table {
				t.Run(d.name+", "+cause.Error(), func(t *testing.T) {
					db, s := over(t, d.dialect, func(int, string) error { return fmt.Errorf("driver: %w", cause) })
					_, reading := s.HasOperators(t.Context())
					all := []error{reading, s.Commit(t.Context())}
					if sentinel != store.ErrIncompatible { // Migrate first asks for something without tables
						all = append(all, s.Migrate(t.Context()))
					}
					for _, err := range all {
						require.ErrorIs(t, err, cause)
						require.Equal(t, sentinel != system, errors.Is(err, store.ErrUnavailable), "%v", err)
						require.Equal(t, sentinel == store.ErrIncompatible, errors.Is(err, store.ErrIncompatible), "%v", err)
						require.Equal(t, sentinel == store.ErrReadOnly, errors.Is(err, store.ErrReadOnly), "%v", err)
					}
					require.Zero(t, db.Stats().InUse)
				})
			}
		}
	}
}

func TestBusyDatabaseIsGivenUp(t *testing.T) {
	type busy struct {
		dialect sqlstore.Dialect
		err     error
	}
	cases := map[string]busy{
		"SQLite, locked":            {sqlstore.SQLite(), errors.New("database is locked (5)")},
		"PostgreSQL, lock timeout":  {sqlstore.PostgreSQL(), sqlState("55P03")},
		"PostgreSQL, serialization": {sqlstore.PostgreSQL(), sqlState("40001")},
		"PostgreSQL, deadlock":      {sqlstore.PostgreSQL(), sqlState("40P01")},
	}
	for _, err := range mysqlBusy() {
		cases["MySQL, "+err.Error()] = busy{sqlstore.MySQL(), err}
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, s := over(t, c.dialect, func(int, string) error { return c.err })
				_, reading := s.HasOperators(t.Context())
				for _, err := range []error{reading, s.Commit(t.Context())} {
					require.ErrorIs(t, err, store.ErrUnavailable)
					require.ErrorIs(t, err, c.err)
				}

				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				began := time.Now()
				require.ErrorIs(t, s.Commit(ctx), store.ErrUnavailable)
				require.Equal(t, time.Second, time.Since(began), "of a clock that only the test moves")
			})
		})
	}
	t.Run("a COMMIT in SQLite", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			begun := 0
			_, s := over(t, sqlstore.SQLite(), func(_ int, query string) error {
				switch query {
				case "COMMIT":
					return errors.New("database is locked (5)")
				case "BEGIN IMMEDIATE":
					begun++
				}
				return nil
			})
			require.ErrorIs(t, s.Commit(t.Context()), store.ErrUnavailable)
			require.Equal(t, 1, begun)
		})
	})
}

func TestWritersOfAProcessQueueNoLongerThanTheirContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		_, s := over(t, sqlstore.SQLite(), func(int, string) error { <-release; return nil })
		first := make(chan error, 1)
		go func() { first <- s.Commit(t.Context()) }()
		synctest.Wait()

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := s.Commit(ctx)
		require.ErrorIs(t, err, store.ErrUnavailable)
		require.ErrorIs(t, err, context.DeadlineExceeded)

		ctx, cancel = context.WithCancel(t.Context())
		cancel()
		err = s.Commit(ctx)
		require.ErrorIs(t, err, context.Canceled)
		require.NotErrorIs(t, err, store.ErrUnavailable)
		close(release)
		require.NoError(t, <-first)
	})
}

// TestDeadConnectionsAreReplaced fills a pool with connections that then die, or
// whose server then takes no writes.
func TestDeadConnectionsAreReplaced(t *testing.T) {
	const size = 20
	filled := func(t *testing.T, cause error) (*sql.DB, *sqlstore.Store) {
		db, s := over(t, sqlstore.PostgreSQL(), func(connection int, _ string) error {
			if connection <= size {
				return cause
			}
			return nil
		})
		db.SetMaxOpenConns(size)
		db.SetMaxIdleConns(size)
		var held [size]*sql.Conn
		for i := range held {
			var err error
			held[i], err = db.Conn(t.Context())
			require.NoError(t, err)
		}
		for _, conn := range held {
			require.NoError(t, conn.Close())
		}
		return db, s
	}
	for name, cause := range map[string]error{
		"that say so": driver.ErrBadConn, "that end": io.EOF, "that the server ended": sqlState("57P01"),
	} {
		t.Run(name, func(t *testing.T) {
			db, s := filled(t, cause)
			require.NoError(t, s.Commit(t.Context()))
			require.Equal(t, 1, db.Stats().OpenConnections)
		})
	}
	t.Run("whose server takes no writes, one for every call and one more", func(t *testing.T) {
		db, s := filled(t, sqlState("25006"))
		for left := size - 2; left >= 0; left -= 2 {
			require.ErrorIs(t, s.Commit(t.Context()), store.ErrReadOnly)
			require.Equal(t, left, db.Stats().OpenConnections)
		}
		require.NoError(t, s.Commit(t.Context()))
	})
	t.Run("but only as many as there were", func(t *testing.T) {
		opened := 0
		_, s := over(t, sqlstore.PostgreSQL(), func(connection int, _ string) error { opened = connection; return io.EOF })
		require.ErrorIs(t, s.Commit(t.Context()), store.ErrUnavailable)
		require.Equal(t, 2, opened)
	})
}

func TestCommitThatMayHaveHappenedIsNotRepeated(t *testing.T) {
	for name, d := range map[string]sqlstore.Dialect{"PostgreSQL": sqlstore.PostgreSQL(), "SQLite": sqlstore.SQLite(), "MySQL": sqlstore.MySQL()} {
		for _, cause := range []error{driver.ErrBadConn, io.ErrUnexpectedEOF, sqlState("57P01")} {
			t.Run(name+", "+cause.Error(), func(t *testing.T) {
				sent := 0
				_, s := over(t, d, func(_ int, query string) error {
					if query != "COMMIT" {
						return nil
					}
					sent++
					return cause
				})
				err := s.Commit(t.Context())
				require.ErrorContains(t, err, "outcome unknown")
				require.ErrorIs(t, err, cause)
				require.Equal(t, 1, sent)
			})
		}
	}
	t.Run("but one whose session had been ended before is", func(t *testing.T) {
		sent := 0
		_, s := over(t, sqlstore.PostgreSQL(), func(connection int, query string) error {
			if query == "COMMIT" {
				if sent++; sent == 1 {
					return sqlState("25P03")
				}
			}
			return nil
		})
		require.NoError(t, s.Commit(t.Context()))
		require.Equal(t, 2, sent)
	})
}
