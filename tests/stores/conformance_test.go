package stores_test

import (
	"fmt"
	"os"
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
	restricted := restrictedPostgreSQL(t)
	for name, empty := range map[string]func(*testing.T) database{
		"SQLite as it is": plainSQLite, "PostgreSQL with few rights": restricted,
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) store.Store { return empty(t).store(t) })
		})
	}
	for name, empty := range map[string]func(*testing.T) database{
		"SQLite as it is": plainSQLite, "SQLite as recommended": tunedSQLite, "PostgreSQL with few rights": restricted,
	} {
		t.Run(name+", from two processes", func(t *testing.T) {
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

// restrictedPostgreSQL gives each case empty tables, in one database because
// a server takes its time to make one, and an account with no more rights than
// grants.sql gives.
func restrictedPostgreSQL(t *testing.T) func(*testing.T) database {
	owner := postgreSQL(t)
	admin := owner.open(t)
	exec := func(t *testing.T, statement string) {
		_, err := admin.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	exec(t, "DROP ROLE IF EXISTS postern_app") // accounts belong to the whole server
	exec(t, "CREATE ROLE postern_app LOGIN")
	file, err := os.ReadFile("../../store/sqlstore/grants.sql")
	require.NoError(t, err)
	// Only tables move under the prefix of a case.
	grants := strings.ReplaceAll(string(file), "postern_app", "\x00")

	cases := 0
	return func(t *testing.T) database {
		cases++
		d := owner
		d.prefix = fmt.Sprintf("case%d_", cases)
		require.NoError(t, d.over(t, admin).Migrate(t.Context()))
		text := strings.ReplaceAll(grants, sqlstore.DefaultTablePrefix, d.prefix)
		exec(t, strings.ReplaceAll(text, "\x00", "postern_app"))

		d.dsn = strings.Replace(d.dsn, "user=postgres", "user=postern_app", 1)
		require.NotEqual(t, owner.dsn, d.dsn)
		return d
	}
}

func TestFewRights(t *testing.T) {
	d := restrictedPostgreSQL(t)(t)
	fill(t, d.store(t)) // in which Migrate has nothing to do, and says so
	db := d.open(t)
	_, err := db.ExecContext(t.Context(), "DELETE FROM case1_events")
	require.ErrorContains(t, err, "events are append-only")
	for _, statement := range []string{
		"UPDATE case1_events SET reason = ''", "TRUNCATE case1_events",
		"DROP TRIGGER case1_events_no_delete ON case1_events", "DELETE FROM case1_event_head",
		"DELETE FROM case1_guards", "UPDATE case1_migrations SET version = 0", "CREATE TABLE mine (id int)",
	} {
		t.Run(statement, func(t *testing.T) {
			_, err := db.ExecContext(t.Context(), statement)
			var refused interface{ SQLState() string }
			require.ErrorAs(t, err, &refused)
			require.Equal(t, "42501", refused.SQLState(), "insufficient privilege: %v", err)
		})
	}
}
