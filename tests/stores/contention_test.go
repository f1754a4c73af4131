package stores_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// outsider is a connection of somebody who does not use the store.
func (d database) outsider(t *testing.T) *sql.Conn {
	t.Helper()
	conn, err := d.open(t).Conn(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close()) })
	return conn
}

func TestSQLiteIsBusy(t *testing.T) {
	for name, make := range map[string]func(*testing.T) database{"as it is": plainSQLite, "as recommended": tunedSQLite} {
		t.Run(name+", a commit waits for another writer until its context ends", func(t *testing.T) {
			d := make(t)
			s := d.store(t)
			fill(t, s)
			other := d.outsider(t)
			_, err := other.ExecContext(t.Context(), "BEGIN IMMEDIATE")
			require.NoError(t, err)

			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
			defer cancel()
			require.Error(t, s.Commit(ctx, event("never")))

			_, err = other.ExecContext(t.Context(), "ROLLBACK")
			require.NoError(t, err)
			requireAsFilled(t, s)
		})
	}

	t.Run("a commit whose COMMIT is held up by a reader repeats that alone", func(t *testing.T) {
		d := plainSQLite(t)
		s := d.store(t)
		fill(t, s)
		write := rename(t, s)
		reader := d.outsider(t)
		rows, err := reader.QueryContext(t.Context(), "SELECT seq FROM postern_events")
		require.NoError(t, err)
		require.True(t, rows.Next())

		tries := 0
		committed := start(func() error { return s.Commit(t.Context(), write, during(func() { tries++ })) })
		// Once the writer is at COMMIT, new readers are turned away.
		another := d.outsider(t)
		require.Eventually(t, func() bool {
			_, err := another.ExecContext(t.Context(), "SELECT count(*) FROM postern_events")
			return err != nil && strings.Contains(err.Error(), "is locked")
		}, 10*time.Second, time.Millisecond)
		require.NoError(t, rows.Close())

		require.NoError(t, <-committed)
		require.Equal(t, 1, tries)
		o, err := s.FindOperator(t.Context(), "ada")
		require.NoError(t, err)
		require.Equal(t, "Somebody else", o.Name)
	})
}

func TestPostgreSQLUnderOutsiders(t *testing.T) {
	d := postgreSQL(t)
	s := d.store(t)
	fill(t, s)

	t.Run("a name that somebody takes who does not take our locks is taken", func(t *testing.T) {
		other := d.outsider(t)
		exec := func(query string) {
			_, err := other.ExecContext(t.Context(), query)
			require.NoError(t, err)
		}
		exec("BEGIN")
		exec(`INSERT INTO postern_roles (id, version, name, name_key, description, require_two_factor, created_at, updated_at)
			VALUES ('theirs', 1, 'Guests', 'guests', '', FALSE, 0, 0)`)
		committed := start(func() error {
			return s.Commit(t.Context(), store.PutRole{Role: store.Role{ID: "ours", Name: "Guests", NameKey: "guests"}})
		})
		d.requireWaiting(t)
		exec("COMMIT")
		require.ErrorIs(t, <-committed, store.ErrNameTaken)
	})

	t.Run("a commit that a deadlock ended is repeated", func(t *testing.T) {
		write := rename(t, s)
		other := d.outsider(t)
		exec := func(query string) error {
			_, err := other.ExecContext(t.Context(), query)
			return err
		}
		// The wrong way round: the audit first, then the operators.
		require.NoError(t, exec("BEGIN"))
		require.NoError(t, exec("SET LOCAL deadlock_timeout = '1h'")) // so that the store is the one to be ended
		require.NoError(t, exec("SELECT seq FROM postern_event_head FOR UPDATE"))
		tries := 0
		committed := start(func() error {
			return s.Commit(t.Context(), write, store.ClearCounter{Key: "ada"}, during(func() { tries++ }))
		})
		d.requireWaiting(t)
		require.NoError(t, exec("SELECT id FROM postern_operators FOR UPDATE"))
		require.NoError(t, exec("COMMIT"))

		require.NoError(t, <-committed)
		require.Greater(t, tries, 1, "the event was waiting for the head, and is computed again")
		var deadlocks int
		require.Eventually(t, func() bool {
			const count = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
			require.NoError(t, other.QueryRowContext(t.Context(), count).Scan(&deadlocks))
			return deadlocks > 0 // more often where the store is back before the other woke up
		}, 10*time.Second, 10*time.Millisecond)
	})
}

// requireWaiting waits until a connection waits for a lock.
func (d database) requireWaiting(t *testing.T) {
	t.Helper()
	db := d.open(t)
	require.Eventually(t, func() bool {
		var waiting bool
		const query = `SELECT EXISTS (SELECT 1 FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock')`
		require.NoError(t, db.QueryRowContext(t.Context(), query).Scan(&waiting))
		return waiting
	}, 10*time.Second, time.Millisecond)
}

// start runs f beside the test.
func start(f func() error) <-chan error {
	result := make(chan error, 1)
	go func() { result <- f() }()
	return result
}
