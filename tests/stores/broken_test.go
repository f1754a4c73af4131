package stores_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/tests/mariadb"
)

// during is an event whose MAC calls f, in the middle of the transaction.
func during(f func()) store.AppendEvent {
	e := event("during")
	e.MAC = func(store.AuditEnds, store.Event) (mac, seal []byte, err error) { f(); return []byte("mac"), nil, nil }
	return e
}

// rename is a write to be seen, or not, afterwards.
func rename(t *testing.T, s store.Store) store.PutOperator {
	t.Helper()
	o, err := s.FindOperator(t.Context(), "ada")
	require.NoError(t, err)
	o.Name = "Somebody else"
	return store.PutOperator{Operator: o}
}

// requireAsFilled requires that nothing has changed since fill, and that the
// store works.
func requireAsFilled(t *testing.T, s store.Store) {
	t.Helper()
	o, err := s.FindOperator(t.Context(), "ada")
	require.NoError(t, err)
	require.Equal(t, "Ada", o.Name)
	events, err := s.ListEvents(t.Context(), store.EventQuery{})
	require.NoError(t, err)
	require.Len(t, events.Rows, 2)
	require.NoError(t, s.Commit(t.Context(), event("afterwards")))
}

func TestCommitThatBreaksLeavesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		t.Run("when its context ends", func(t *testing.T) {
			s := d.at(t, "context_")
			fill(t, s)
			ctx, cancel := context.WithCancel(t.Context())
			err := s.Commit(ctx, rename(t, s), during(cancel))
			require.ErrorIs(t, err, context.Canceled)
			requireAsFilled(t, s)
		})
		t.Run("when its caller panics", func(t *testing.T) {
			s := d.at(t, "panic_")
			fill(t, s)
			write := rename(t, s)
			require.Panics(t, func() {
				_ = s.Commit(t.Context(), write, during(func() { panic("a bug of the caller") }))
			})
			requireAsFilled(t, s)
		})
		t.Run("when a statement fails", func(t *testing.T) {
			s := d.at(t, "failure_")
			fill(t, s)
			db := d.open(t)
			_, err := db.ExecContext(t.Context(), "ALTER TABLE failure_events RENAME TO hidden")
			require.NoError(t, err)
			err = s.Commit(t.Context(), rename(t, s), event("never"))
			require.ErrorContains(t, err, "write the audit")
			_, err = db.ExecContext(t.Context(), "ALTER TABLE hidden RENAME TO failure_events")
			require.NoError(t, err)
			requireAsFilled(t, s)
		})
	})
}

// at makes a store with tables of its own under the prefix.
func (d database) at(t *testing.T, prefix string) store.Store {
	t.Helper()
	d.prefix = prefix
	return d.store(t)
}

func TestLostConnection(t *testing.T) { onEachServer(t, lostConnection) }

func lostConnection(t *testing.T, d database) {
	db := d.open(t)

	t.Run("in the middle of a commit has it done again, on another", func(t *testing.T) {
		s := d.at(t, "middle_")
		fill(t, s)
		tries := 0
		err := s.Commit(t.Context(), rename(t, s), during(func() {
			if tries++; tries == 1 {
				require.Equal(t, 1, d.terminate(t, db, idleInTransaction))
			}
		}))
		require.NoError(t, err)
		require.Greater(t, tries, 1)
		events, err := s.ListEvents(t.Context(), store.EventQuery{})
		require.NoError(t, err)
		require.Len(t, events.Rows, 3)
	})

	if d.driver == mariadb.Driver {
		t.Run("while committing is a failure, and not tried again", func(t *testing.T) {
			d := d
			d.prefix = "end_"
			s := d.store(t)
			fill(t, s)
			recorded, r := d.record(t)
			r.edit = strings.NewReplacer("READ COMMITTED", "READ COMMITTED", "COMMIT", "KILL CONNECTION_ID()")
			tries := 0
			err := d.over(t, recorded).Commit(t.Context(), rename(t, s), during(func() { tries++ }))
			require.ErrorContains(t, err, "outcome unknown")
			require.ErrorIs(t, err, store.ErrUnavailable)
			require.Equal(t, 1, tries)
			requireNoSentinel(t, err)
			requireAsFilled(t, s)
		})
		return
	}
	t.Run("while committing is a failure, and not tried again", func(t *testing.T) {
		s := d.at(t, "end_")
		fill(t, s)
		write := rename(t, s)
		for _, statement := range []string{
			`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
				$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$`,
			`CREATE CONSTRAINT TRIGGER die AFTER INSERT ON end_events DEFERRABLE INITIALLY DEFERRED
				FOR EACH ROW EXECUTE FUNCTION die()`, // deferred: until COMMIT
		} {
			_, err := db.ExecContext(t.Context(), statement)
			require.NoError(t, err)
		}
		tries := 0
		err := s.Commit(t.Context(), write, during(func() { tries++ }))
		require.ErrorContains(t, err, "outcome unknown")
		require.ErrorIs(t, err, store.ErrUnavailable)
		require.Equal(t, 1, tries)
		requireNoSentinel(t, err)

		_, err = db.ExecContext(t.Context(), "DROP TRIGGER die ON end_events")
		require.NoError(t, err)
		requireAsFilled(t, s)
	})
}

// Which sessions of a server terminate ends.
const (
	all               = false
	idleInTransaction = true
)

// terminate ends the other sessions of the database, all or those that do nothing in a
// transaction, and returns how many.
func (d database) terminate(t *testing.T, db *sql.DB, idle bool) (n int) {
	t.Helper()
	if d.driver == mariadb.Driver {
		conn, err := db.Conn(t.Context())
		require.NoError(t, err)
		defer func() { require.NoError(t, conn.Close()) }()
		query := `SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()`
		if idle {
			query += ` AND command = 'Sleep' AND id IN (SELECT trx_mysql_thread_id FROM information_schema.innodb_trx)`
		}
		found := func() string { return explain(t, conn, `SELECT CAST(id AS CHAR) FROM (`+query+`) ids`, nil, 0) }
		if idle { // which the server does not look up anew within a tenth of a second
			require.Eventually(t, func() bool { return found() != "" }, 10*time.Second, 110*time.Millisecond)
		}
		for id := range strings.Lines(found()) {
			if _, err := conn.ExecContext(t.Context(), "KILL "+id); err == nil { // or it has gone
				n++
			}
		}
		return n
	}
	query := `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()`
	if idle {
		query += ` AND state = 'idle in transaction'`
	}
	require.NoError(t, db.QueryRowContext(t.Context(), query).Scan(&n))
	return n
}

func requireNoSentinel(t *testing.T, err error) {
	t.Helper()
	for _, sentinel := range []error{
		store.ErrNotFound, store.ErrConflict, store.ErrExists, store.ErrNameTaken, store.ErrUsed, store.ErrExpired,
	} {
		require.False(t, errors.Is(err, sentinel), "%v", err)
	}
}
