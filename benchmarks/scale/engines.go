package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/postgres"
)

// engine is a database in which the same is measured as in the others.
type engine struct {
	name, driver string
	dialect      sqlstore.Dialect
	// create makes an empty database.
	create func(ctx context.Context, name string) (dsn string, err error)
	// version asks for that of the server or library.
	version string
	// settle forces the server's background maintenance before sizes are read; %s is the
	// list of tables.
	settle string
	// sizes asks for the bytes of each table: its name, its own, and those of its indexes.
	sizes string
	// whole asks for the bytes of the database, with what it keeps about its tables.
	whole string
	// log asks how many bytes were ever written to the log that a commit waits for.
	// Empty: it is not known.
	log string
	// cold ends the name of a data source so that the driver keeps no statements.
	cold string
	// unlogged is a table whose changes wait for no disk; empty if there is none.
	unlogged string
	// process is that of the server; 0 if there is none of its own.
	process int
}

// sqlite keeps its files in a folder, opened as docs/deployment.md recommends.
func sqlite(dir string) engine {
	return engine{
		name: "SQLite", driver: "sqlite", dialect: sqlstore.SQLite(),
		create: func(_ context.Context, name string) (string, error) {
			pragmas := url.Values{"_pragma": {"journal_mode(WAL)", "busy_timeout(500)"}}
			return "file:" + filepath.Join(dir, name+".db") + "?" + pragmas.Encode(), nil
		},
		version: `SELECT sqlite_version()`,
		settle:  `PRAGMA wal_checkpoint(TRUNCATE)`,
		sizes: `SELECT m.tbl_name, sum(CASE m.type WHEN 'table' THEN d.pgsize ELSE 0 END), sum(CASE m.type WHEN 'index' THEN d.pgsize ELSE 0 END)
			FROM dbstat d JOIN sqlite_master m ON m.name = d.name WHERE d.aggregate = TRUE GROUP BY m.tbl_name`,
		whole: `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`,
	}
}

// postgreSQL starts a server of its own, which flushes every commit.
func postgreSQL() (engine, error) {
	server, err := postgres.Serve("-c shared_buffers=512MB", "-c max_wal_size=4GB")
	if err != nil {
		return engine{}, fmt.Errorf("%w\nPostgreSQL is needed: scripts/install-test-tools installs it, or apt-get install postgresql", err)
	}
	pid, err := postmaster(filepath.Join(string(server), "data", "postmaster.pid"))
	return engine{
		name: "PostgreSQL", driver: postgres.Driver, dialect: sqlstore.PostgreSQL(), create: server.Create, process: pid,
		version: `SELECT split_part(current_setting('server_version'), ' ', 1)`,
		settle:  `VACUUM ANALYZE`,
		sizes: `SELECT c.relname, pg_table_size(c.oid), pg_indexes_size(c.oid) FROM pg_class c
			WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace`,
		whole:    `SELECT pg_database_size(current_database())`,
		unlogged: "postern_answers",
		cold:     "&statement_cache_capacity=1",
		log:      `SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint`,
	}, err
}

// engines are the databases, each of which is started when it is its turn.
func engines(dir string) map[string]func() (engine, error) {
	return map[string]func() (engine, error){
		"SQLite":     func() (engine, error) { return sqlite(dir), nil },
		"PostgreSQL": postgreSQL,
		"MariaDB":    mariaDB,
	}
}

// order is theirs in the document.
var order = []string{"SQLite", "PostgreSQL", "MariaDB"}

// postmaster reads the process of a server.
func postmaster(file string) (int, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	return strconv.Atoi(first)
}

// store makes a store, with its tables, over a pool.
func (e engine) store(ctx context.Context, db *sql.DB, prefix string) (*sqlstore.Store, error) {
	st, err := sqlstore.New(db, e.dialect, sqlstore.Config{TablePrefix: prefix})
	if err != nil {
		return nil, err
	}
	return st, st.Migrate(ctx)
}

// open makes an empty database and opens it with a pool of this size.
func (e engine) open(ctx context.Context, name string, pool int) (*sql.DB, string, error) {
	dsn, err := e.create(ctx, name)
	if err != nil {
		return nil, "", err
	}
	db, err := sql.Open(e.driver, dsn)
	if err != nil {
		return nil, "", err
	}
	db.SetMaxOpenConns(pool)
	db.SetMaxIdleConns(pool)
	return db, dsn, nil
}

// number asks for one number.
func number(ctx context.Context, db *sql.DB, query string) (n int64, err error) {
	err = db.QueryRowContext(ctx, query).Scan(&n)
	return n, err
}

// table is what a table holds, and its bytes on the disk.
type table struct{ rows, own, indexes int64 }

// calm settles the database.
func (e engine) calm(ctx context.Context, db *sql.DB) error {
	query := e.settle
	if strings.Contains(query, "%s") {
		var tables string
		err := db.QueryRowContext(ctx, `SELECT group_concat(table_name) FROM information_schema.tables WHERE table_schema = database()`).Scan(&tables)
		if err != nil {
			return err
		}
		query = fmt.Sprintf(query, tables)
	}
	_, err := db.ExecContext(ctx, query)
	return err
}

// tables looks at all tables, by their name without the prefix.
func (e engine) tables(ctx context.Context, db *sql.DB) (map[string]table, error) {
	if err := e.calm(ctx, db); err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, e.sizes)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	found := map[string]table{}
	for rows.Next() {
		var name string
		var t table
		if err := rows.Scan(&name, &t.own, &t.indexes); err != nil {
			return nil, err
		}
		if name, ok := strings.CutPrefix(name, sqlstore.DefaultTablePrefix); ok {
			found[name] = t
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	for name, t := range found {
		if t.rows, err = number(ctx, db, "SELECT count(*) FROM "+sqlstore.DefaultTablePrefix+name); err != nil {
			return nil, err
		}
		found[name] = t
	}
	return found, nil
}

// work is what was done so far by this process and by the server.
type work struct {
	log            int64
	office, server time.Duration
}

func (e engine) work(ctx context.Context, db *sql.DB) (w work, err error) {
	if e.log != "" {
		if w.log, err = number(ctx, db, e.log); err != nil {
			return w, err
		}
	}
	if w.office, err = ownTime(); err != nil || e.process == 0 {
		return w, err
	}
	w.server, err = treeTime(e.process)
	return w, err
}
