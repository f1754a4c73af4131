package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// requirement is something that the database, or the connection to it, must have so
// that the store works. Without it the office would fail later, or keep text wrong.
type requirement struct {
	// query returns the value, as text.
	query string
	// met reports whether the value will do.
	met func(value string) bool
	// mend says what is wrong, with the value in place of %s, and what to do.
	mend string
}

var sqliteRequirements = []requirement{
	{"SELECT sqlite_version()", atLeast(3, 38),
		"this is SQLite %s; use a driver with version 3.38 or later"},
	{"PRAGMA encoding", is("UTF-8"),
		"the file keeps its text as %s; create a new one, with PRAGMA encoding = 'UTF-8' or none"},
	{"PRAGMA journal_mode", isNot("off"),
		"journal_mode is %s, so a change that fails halfway cannot be undone; use WAL: " + inName("journal_mode", "WAL")},
	{"PRAGMA locking_mode", isNot("exclusive"),
		"locking_mode is %s, so one connection keeps all others out; use NORMAL: " + inName("locking_mode", "NORMAL")},
	{"PRAGMA query_only", is("0"),
		"query_only is on, so nothing can be written; turn it off: " + inName("query_only", "0")},
	{"PRAGMA read_uncommitted", is("0"),
		"read_uncommitted is on, so changes count that may still be undone; turn it off: take read_uncommitted out of the data source name"},
}

// inName is how the known drivers take a pragma in the data source name.
func inName(pragma, value string) string {
	return fmt.Sprintf("?_pragma=%s(%s) in the data source name for modernc.org/sqlite, ?_%s=%s for mattn/go-sqlite3", pragma, value, pragma, value)
}

var postgresqlRequirements = []requirement{
	{"SELECT current_setting('server_version')", atLeast(12, 0),
		"this is PostgreSQL %s; use version 12 or later"},
	{"SELECT current_setting('server_encoding')", is("UTF8"),
		"the database keeps text as %s, which cannot hold every name; create another one: " +
			"CREATE DATABASE name ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"},
	{"SELECT CASE current_setting('server_encoding') WHEN 'UTF8' THEN current_setting('client_encoding') ELSE 'UTF8' END", is("UTF8"),
		"the connection sends text as %s; add client_encoding=UTF8 to the data source name, or run ALTER ROLE name SET client_encoding = 'UTF8'"},
	{"SELECT COALESCE(current_schema(), '')", isNot(""),
		"search_path names no schema that this account may use%s; create the schema, run GRANT USAGE ON SCHEMA name TO account, or set search_path in the data source name"},
}

func is(want string) func(string) bool {
	return func(s string) bool { return strings.EqualFold(s, want) }
}
func isNot(wrong string) func(string) bool {
	return func(s string) bool { return !strings.EqualFold(s, wrong) }
}

// atLeast compares a version with the oldest that will do. One that cannot be read
// will do, as forks number theirs in their own way.
func atLeast(major, minor int) func(string) bool {
	return func(version string) bool {
		var got [2]int
		if n, _ := fmt.Sscanf(version, "%d.%d", &got[0], &got[1]); n == 0 {
			return true
		}
		return got[0] > major || got[0] == major && got[1] >= minor
	}
}

// Check returns what would break the office later, and what mends it: migrations that did
// not run yet, tables that are too new for this program ([store.ErrIncompatible]), text that is not
// kept or sent as UTF-8, an old version, missing privileges, a server or a file that takes
// no writes, a pooler that breaks statements apart, and, on SQLite, a database ":memory:"
// over several connections, and pragmas that undo what transactions promise.
// [Store.Migrate] calls it; call it yourself after a schema tool of your own.
func (s *Store) Check(ctx context.Context) error {
	err := s.checkSettings(ctx)
	if err == nil {
		err = s.checkVersion(ctx)
	}
	if isReadable(err) {
		return nil // as Migrate
	}
	if err == nil {
		err = s.dialect.check(ctx, s)
	}
	return s.wrap("check", s.mended(err))
}

// checkSettings reports everything that makes the database unfit.
func (s *Store) checkSettings(ctx context.Context) error {
	var wrong []error
	for _, r := range s.dialect.requirements {
		got, err := find(ctx, s, value[string], r.query)
		if err != nil {
			return fmt.Errorf("%s: %w", r.query, err)
		}
		if !r.met(got) {
			wrong = append(wrong, errors.New(strings.ReplaceAll(r.mend, "%s", got)))
		}
	}
	n, err := s.node(ctx)
	if err != nil {
		return err
	}
	if n.wrong != "" {
		wrong = append(wrong, errors.New(n.wrong))
	}
	return errors.Join(wrong...)
}

var errEachItsOwn = errors.New("each connection has a database of its own, which is empty; call SetMaxOpenConns(1), " +
	"SetMaxIdleConns(1) and SetConnMaxLifetime(0) on the pool, or use a file")

// checkOne reports whether the connections of the pool lead to one database, whose
// tables are there. In SQLite's memory each has its own.
func (s *Store) checkOne(ctx context.Context) error {
	file, err := find(ctx, s, value[string], "SELECT COALESCE(file, '') FROM pragma_database_list WHERE name = 'main'")
	if err != nil || file != "" {
		return err
	}
	// Two at the same time are two connections. If there can be only one, it must
	// be the one that migrated.
	conns := make([]*sql.Conn, 2)
	if s.db.Stats().MaxOpenConnections == 1 {
		conns = conns[:1]
	}
	for i := range conns {
		if conns[i], err = s.db.Conn(ctx); err != nil {
			return err
		}
		defer func() { _ = conns[i].Close() }()
	}
	for _, conn := range conns {
		err := s.retry(ctx, func() error {
			_, err := conn.ExecContext(ctx, s.sql("SELECT name FROM postern_guards"))
			return err
		})
		if err != nil && s.dialect.conditionOf(err) == outdated {
			return errEachItsOwn
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkSQLite is the check of a SQLite database that has its tables: that all
// connections see them, and that they can be written.
func checkSQLite(ctx context.Context, s *Store) error {
	if err := s.checkOne(ctx); err != nil {
		return err
	}
	// A row has to be written, or SQLite does not make its journal beside the file.
	return s.checkWrite(ctx, "1 = 1")
}

// checkWrite runs a transaction that writes these rows of a table, as they are.
func (s *Store) checkWrite(ctx context.Context, which string) error {
	return s.transact(ctx, s.dialect.begin, func(t *tx) error {
		_, err := t.exec(ctx, "UPDATE postern_guards SET name = name WHERE "+which)
		return err
	})
}

// checkPostgreSQL is the check of a PostgreSQL database that has its tables.
func checkPostgreSQL(ctx context.Context, s *Store) error {
	if err := s.checkGrants(ctx); err != nil {
		return err
	}
	// A standby refuses without any row, and no row is no wait for others.
	if err := s.checkWrite(ctx, "1 = 0"); err != nil {
		return err
	}
	return s.checkPooler(ctx)
}

// checkPooler reports whether a statement of one connection gets in the way of the same
// of another, because a pooler leads both to one of the server. A statement without a
// name, as lib/pq has, does so only by chance.
func (s *Store) checkPooler(ctx context.Context) error {
	if s.db.Stats().MaxOpenConnections == 1 {
		return nil
	}
	for range 2 {
		conn, err := s.db.Conn(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }()
		var got string
		if err := conn.QueryRowContext(ctx, "SELECT CAST($1 AS TEXT)", "x").Scan(&got); err != nil {
			return err
		}
	}
	return nil
}

//go:embed grants.sql
var grants string

var grant = regexp.MustCompile(`GRANT ([A-Z, ]+) ON\s([^;]+)\sTO `)

// checkGrants reports whether the account may use the tables, as grants.sql says. The
// privilege to delete events is not needed where none are purged.
func (s *Store) checkGrants(ctx context.Context) error {
	var each []string
	for _, g := range grant.FindAllStringSubmatch(grants, -1) {
		for table := range strings.SplitSeq(g[2], ",") {
			table = strings.TrimSpace(table)
			for privilege := range strings.SplitSeq(g[1], ", ") {
				if table != "postern_events" || privilege != "DELETE" {
					each = append(each, fmt.Sprintf("SELECT '%s ON %s' WHERE NOT has_table_privilege('%[2]s', '%[1]s')", privilege, table))
				}
			}
		}
	}
	lacking, err := list(ctx, s, value[string], strings.Join(each, " UNION ALL "))
	if err == nil && len(lacking) > 0 {
		err = fmt.Errorf("this account lacks %s; give it what store/sqlstore/grants.sql lists", strings.Join(lacking, ", "))
	}
	return err
}

// mended adds to an error of Migrate what the server administrator can do about it.
func (s *Store) mended(err error) error {
	if err == nil {
		return nil
	}
	advice := s.dialect.advice(err)
	if s.own && s.dialect.name == "mysql" && strings.TrimSpace(s.source) == "" {
		advice = "the data source name is empty; write user:password@tcp(host:3306)/name"
	}
	if advice == "" && s.dialect.conditionOf(err) == readOnly {
		advice = s.dialect.writable
	}
	if advice == "" {
		return err
	}
	return fmt.Errorf("%w; %s", err, advice)
}

func adviceSQLite(err error) string {
	switch text := err.Error(); {
	case strings.Contains(text, "unable to open database file"), strings.Contains(text, "invalid uri authority"):
		return "name a file on this machine by its path, without sqlite:// or a server in front; create the folder, take mode=rw and mode=ro " +
			"out of the data source name, which create no file, and let this account write the file and its folder, where SQLite keeps its journal"
	}
	return ""
}

func advicePostgreSQL(err error) string {
	switch state := stateOf(err); {
	case state == "42P05", state == "26000": // a prepared statement is there already, or is not
		return "a pooler gives each transaction another connection: add default_query_exec_mode=exec to the data source name for pgx, " +
			"binary_parameters=yes for lib/pq, or set pool_mode to session"
	case state == "42501": // insufficient privilege
		return "migrate with an account that may create tables (GRANT CREATE ON SCHEMA name TO account), " +
			"and give the one that runs the office what store/sqlstore/grants.sql lists"
	case strings.Contains(err.Error(), "statement pooling mode"), errors.Is(err, driver.ErrBadConn):
		return "if a pooler is between, set its pool_mode to transaction or session: the office needs transactions"
	}
	return ""
}
