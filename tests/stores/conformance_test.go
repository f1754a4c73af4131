package stores_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/store/storetest"
)

// TestStore runs the whole suite over each kind of database, and over what
// differs from them in how it is opened the contests alone.
func TestStore(t *testing.T) {
	for name, empty := range map[string]func(*testing.T) database{
		"SQLite as it is": plainSQLite, "PostgreSQL with few rights": restrictedPostgreSQL(t), "MariaDB with few rights": oddly(restrictedMariaDB(t)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // each waits for another server
			storetest.Run(t, func(t *testing.T) store.Store { return empty(t).store(t) })
		})
	}
	for name, empty := range map[string]func(*testing.T) database{
		"SQLite as it is": plainSQLite, "SQLite as recommended": tunedSQLite,
		"PostgreSQL with few rights": restrictedPostgreSQL(t), "MariaDB with few rights": restrictedMariaDB(t),
	} {
		t.Run(name+", from two processes", func(t *testing.T) {
			t.Parallel()
			storetest.RunContests(t, func(t *testing.T) (a, b store.Store) {
				shared := empty(t)
				return shared.store(t), shared.store(t)
			})
		})
	}
	t.Run("SQLite in memory, with one connection, and tables that a newer program added to", func(t *testing.T) {
		storetest.RunContests(t, func(t *testing.T) (a, b store.Store) {
			d := plainSQLite(t)
			d.dsn = ":memory:"
			db := d.open(t)
			db.SetMaxOpenConns(1)
			s := d.over(t, db)
			require.NoError(t, s.Migrate(t.Context()))
			addTo(t, db, d)
			return s, s
		})
	})
}

// restrictedPostgreSQL gives each case the same tables, because the server takes its time
// to make some, as they were after they had been made, and an account with no more rights
// than grants.sql gives.
func restrictedPostgreSQL(t *testing.T) func(*testing.T) database {
	owner := postgreSQL(t)
	owner.prefix = "few_"
	admin := owner.open(t)
	exec := func(t *testing.T, statement string) {
		_, err := admin.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	owner.store(t)
	// Accounts belong to the whole server.
	exec(t, "DO $$ BEGIN CREATE ROLE postern_app LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
	file, err := os.ReadFile("../../store/sqlstore/grants.sql")
	require.NoError(t, err)
	// Only tables move under the prefix.
	grants := strings.ReplaceAll(string(file), "postern_app", "\x00")
	grants = strings.ReplaceAll(grants, sqlstore.DefaultTablePrefix, owner.prefix)
	exec(t, strings.ReplaceAll(grants, "\x00", "postern_app"))

	var tables string
	require.NoError(t, admin.QueryRowContext(t.Context(),
		`SELECT string_agg(tablename, ', ') FROM pg_tables WHERE schemaname = current_schema()`).Scan(&tables))
	// Triggers are for everyone but replication.
	reset := "SET session_replication_role = replica; TRUNCATE " + tables
	for _, table := range []string{"few_guards", "few_parameters", "few_event_head", "few_migrations"} {
		exec(t, "CREATE TABLE kept_"+table+" AS SELECT * FROM "+table)
		reset += "; INSERT INTO " + table + " SELECT * FROM kept_" + table
	}
	reset += "; RESET session_replication_role"
	app := owner
	app.dsn = strings.Replace(app.dsn, "user=postgres", "user=postern_app", 1)
	require.NotEqual(t, owner.dsn, app.dsn)
	return func(t *testing.T) database {
		exec(t, reset)
		return app
	}
}

// restrictedMariaDB gives each case the same tables, because the server takes its time to
// make some, as they were after they had been made, and an account with no more rights
// than grants_mysql.sql gives.
func restrictedMariaDB(t *testing.T) func(*testing.T) database {
	owner := mariaDB(t)
	owner.prefix = "few_"
	admin := owner.with("multiStatements=true").open(t)
	exec := func(t *testing.T, statement string) {
		_, err := admin.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	owner.store(t)
	exec(t, "CREATE USER IF NOT EXISTS postern_app") // accounts belong to the whole server
	file, err := os.ReadFile("../../store/sqlstore/grants_mysql.sql")
	require.NoError(t, err)
	grants := strings.ReplaceAll(string(file), sqlstore.DefaultTablePrefix, owner.prefix)
	exec(t, strings.ReplaceAll(grants, "TO few_app", "TO postern_app"))

	// What is purged may be deleted. The head only goes forward, but for a TRUNCATE, which
	// triggers do not see.
	reset := "UPDATE few_event_head SET purged_seq = seq; DELETE FROM few_events; TRUNCATE few_event_head"
	for _, table := range regexp.MustCompile(`few_\w+`).FindAllString(owner.schemaOfTables(t), -1) {
		exec(t, "CREATE TABLE kept_"+table+" AS SELECT * FROM "+table)
		if !strings.HasPrefix(table, "few_event") || table == "few_event_times" {
			reset += "; DELETE FROM " + table
		}
		reset += "; INSERT INTO " + table + " SELECT * FROM kept_" + table
	}
	app := owner
	app.dsn = strings.Replace(app.dsn, "root@", "postern_app@", 1)
	require.NotEqual(t, owner.dsn, app.dsn)
	return func(t *testing.T) database {
		exec(t, reset)
		return app
	}
}

// oddly opens each case's database with other parameters in its data source name, which
// make no difference.
func oddly(empty func(*testing.T) database) func(*testing.T) database {
	next := 0
	return func(t *testing.T) database {
		next++
		return empty(t).with(oddMySQL[next%len(oddMySQL)])
	}
}

// oddMySQL are what hosts have in their data source names for their own statements.
var oddMySQL = []string{
	"interpolateParams=true", "clientFoundRows=true", "parseTime=true&loc=Asia%2FKathmandu&time_zone=%27-11%3A30%27",
	"multiStatements=true&interpolateParams=true", "sql_mode=%27ANSI_QUOTES,TRADITIONAL%27",
	"sql_mode=%27NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES%27&interpolateParams=true", "sql_mode=%27PIPES_AS_CONCAT,IGNORE_SPACE,STRICT_TRANS_TABLES%27",
	"collation=utf8mb4_unicode_ci&interpolateParams=true", "columnsWithAlias=true&clientFoundRows=true&interpolateParams=true",
	"sql_mode=%27HIGH_NOT_PRECEDENCE,PAD_CHAR_TO_FULL_LENGTH,ONLY_FULL_GROUP_BY,NO_UNSIGNED_SUBTRACTION,STRICT_TRANS_TABLES%27",
	"tx_isolation=%27SERIALIZABLE%27", "tx_isolation=%27READ-UNCOMMITTED%27", "foreign_key_checks=0&rejectReadOnly=true&checkConnLiveness=false",
	"compress=true", "lc_messages=%27de_DE%27", "innodb_lock_wait_timeout=1&max_statement_time=30", "charset=utf8mb4", "div_precision_increment=0",
}

func TestFewRights(t *testing.T) {
	t.Run("MariaDB", func(t *testing.T) {
		d := restrictedMariaDB(t)(t)
		fill(t, d.store(t)) // in which Migrate has nothing to do, and says so
		db := d.open(t)
		for _, statement := range []string{"DELETE FROM few_events", "REPLACE INTO few_events (" + eventsOf + ") SELECT " + eventsOf + " FROM few_events"} {
			_, err := db.ExecContext(t.Context(), statement)
			require.ErrorContains(t, err, "events are append-only")
		}
		for _, statement := range []string{
			"UPDATE few_events SET reason = ''", "TRUNCATE few_events",
			"DROP TRIGGER few_events_no_delete", "DELETE FROM few_event_head", "INSERT INTO few_event_head SELECT * FROM few_event_head",
			"DELETE FROM few_guards", "UPDATE few_migrations SET version = 0", "CREATE TABLE mine (id int)",
			"CREATE TEMPORARY TABLE few_event_head (id int)", "LOCK TABLES few_events WRITE", "ALTER TABLE few_events ADD mine int",
		} {
			t.Run(statement, func(t *testing.T) {
				_, err := db.ExecContext(t.Context(), statement)
				require.ErrorContains(t, err, "denied ")
			})
		}
	})
	d := restrictedPostgreSQL(t)(t)
	fill(t, d.store(t)) // in which Migrate has nothing to do, and says so
	db := d.open(t)
	_, err := db.ExecContext(t.Context(), "DELETE FROM few_events")
	require.ErrorContains(t, err, "events are append-only")
	for _, statement := range []string{
		"UPDATE few_events SET reason = ''", "TRUNCATE few_events",
		"DROP TRIGGER few_events_no_delete ON few_events", "DELETE FROM few_event_head",
		"DELETE FROM few_guards", "UPDATE few_migrations SET version = 0", "CREATE TABLE mine (id int)",
	} {
		t.Run(statement, func(t *testing.T) {
			_, err := db.ExecContext(t.Context(), statement)
			var refused interface{ SQLState() string }
			require.ErrorAs(t, err, &refused)
			require.Equal(t, "42501", refused.SQLState(), "insufficient privilege: %v", err)
		})
	}
}
