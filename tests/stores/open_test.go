// Package stores_test runs the stores over real databases.
package stores_test

import (
	"database/sql"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/mariadb"
	"github.com/postern-go/postern/tests/postgres"
)

// database is a database that tests can open more than once.
type database struct {
	driver, dsn string
	dialect     sqlstore.Dialect
	prefix      string // of the tables
}

// plainSQLite is a file that the host opens with nothing but its name: the
// rollback journal, no busy timeout, no foreign keys.
func plainSQLite(t *testing.T) database {
	return database{driver: "sqlite", dsn: filepath.Join(t.TempDir(), "office.db"), dialect: sqlstore.SQLite()}
}

// tunedSQLite is a file opened as the documentation recommends.
func tunedSQLite(t *testing.T) database {
	pragmas := url.Values{"_pragma": {"journal_mode(WAL)", "busy_timeout(500)", "foreign_keys(1)"}}
	d := plainSQLite(t)
	d.dsn = "file:" + d.dsn + "?" + pragmas.Encode()
	return d
}

func postgreSQL(t *testing.T) database {
	return database{driver: postgres.Driver, dsn: postgres.Start(t), dialect: sqlstore.PostgreSQL()}
}

func mariaDB(t *testing.T) database {
	return database{driver: mariadb.Driver, dsn: mariadb.Start(t), dialect: sqlstore.MySQL()}
}

// databases are those that every test below must pass on.
var databases = []struct {
	name string
	make func(*testing.T) database
}{
	{"SQLite as it is", plainSQLite},
	{"SQLite as recommended", tunedSQLite},
	{"PostgreSQL", postgreSQL},
	{"MariaDB", mariaDB},
}

// servers are those of databases that are servers.
var servers = databases[2:]

// onEachServer runs a test on each of them.
func onEachServer(t *testing.T, test func(t *testing.T, d database)) {
	for _, d := range servers {
		t.Run(d.name, func(t *testing.T) { test(t, d.make(t)) })
	}
}

// each returns what a test needs on the kind of database that d is.
func each[T any](d database, sqlite, postgreSQL, mySQL T) T {
	switch d.driver {
	case "sqlite":
		return sqlite
	case mariadb.Driver:
		return mySQL
	}
	return postgreSQL
}

// onEach runs a test on each database.
func onEach(t *testing.T, test func(t *testing.T, d database)) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) { test(t, d.make(t)) })
	}
}

// open opens a pool, as one process of a host does.
func (d database) open(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open(d.driver, d.dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	if d.driver != "sqlite" {
		// As a host does, who would otherwise open a connection per request.
		db.SetMaxOpenConns(16)
		db.SetMaxIdleConns(16)
	}
	return db
}

// store opens a pool and a store over it, whose tables are there.
func (d database) store(t *testing.T) *sqlstore.Store {
	t.Helper()
	s := d.over(t, d.open(t))
	require.NoError(t, s.Migrate(t.Context()))
	return s
}

// over makes a store over a pool.
func (d database) over(t *testing.T, db *sql.DB) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.New(db, d.dialect, sqlstore.Config{TablePrefix: d.prefix})
	require.NoError(t, err)
	return s
}

// openOrNot opens a pool whose data source name may be wrong.
func openOrNot(d database) (*sql.DB, error) { return sql.Open(d.driver, d.dsn) }
