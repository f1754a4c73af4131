package stores_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/mariadb"
)

// outsider is a connection of a program that does not use the store.
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

func TestServersUnderOutsiders(t *testing.T) { onEachServer(t, serverUnderOutsiders) }

func serverUnderOutsiders(t *testing.T, d database) {
	s := d.store(t)
	fill(t, s)

	t.Run("a name that somebody takes who does not take our locks is taken", func(t *testing.T) {
		other := d.outsider(t)
		exec := func(query string) {
			_, err := other.ExecContext(t.Context(), query)
			require.NoError(t, err)
		}
		exec("BEGIN")
		exec(`INSERT INTO postern_roles (id, version, name, name_key, description, require_two_factor, require_passkey, permissions, created_at, updated_at)
			VALUES ('theirs', 1, 'Guests', 'guests', '', FALSE, FALSE, '[]', 0, 0)`)
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
		// So that the store is the one to be ended: who does so first, or has written more.
		if d.driver == mariadb.Driver {
			require.NoError(t, exec("CREATE TABLE heavy (n INT)"))
			require.NoError(t, exec("BEGIN"))
			require.NoError(t, exec("INSERT INTO heavy SELECT seq FROM seq_1_to_1000"))
		} else {
			require.NoError(t, exec("BEGIN"))
			require.NoError(t, exec("SET LOCAL deadlock_timeout = '1h'"))
		}
		before := d.deadlocks(t)
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
		require.Eventually(t, func() bool {
			return d.deadlocks(t) > before // more often where the store is back before the other woke up
		}, 10*time.Second, 10*time.Millisecond)
	})
}

// deadlocks is how many the server has ended, in this database if it tells them apart.
func (d database) deadlocks(t *testing.T) (n int) {
	t.Helper()
	count := each(d, "", "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()",
		"SELECT count FROM information_schema.innodb_metrics WHERE name = 'lock_deadlocks'")
	db, err := sql.Open(d.driver, d.dsn)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	require.NoError(t, db.QueryRowContext(t.Context(), count).Scan(&n))
	return n
}

// requireWaiting waits until a connection waits for a lock.
func (d database) requireWaiting(t *testing.T) {
	t.Helper()
	db := d.open(t)
	require.Eventually(t, func() bool {
		var waiting bool
		require.NoError(t, db.QueryRowContext(t.Context(), `SELECT EXISTS (`+d.waiting()+`)`).Scan(&waiting))
		return waiting
	}, 10*time.Second, time.Millisecond)
}

// waiting is a query with a row for each connection that waits for a lock. MariaDB tells
// only how many of the whole server wait for a row.
func (d database) waiting() string {
	return each(d, ``, `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
		`SELECT 1 FROM information_schema.processlist WHERE db = DATABASE() AND state LIKE 'Waiting for table%'
			UNION ALL SELECT 1 FROM information_schema.global_status WHERE variable_name = 'Innodb_row_lock_current_waits' AND variable_value > 0`)
}

// start runs f beside the test.
func start(f func() error) <-chan error {
	result := make(chan error, 1)
	go func() { result <- f() }()
	return result
}

// TestCommitsOfEveryShapeAtOnce has many writers commit what shares rows with what
// the others commit, in batches of different shapes and orders: PostgreSQL never has to
// end a deadlock, and nothing is lost. InnoDB locks gaps between rows too, so there some are.
func TestCommitsOfEveryShapeAtOnce(t *testing.T) { onEachServer(t, commitsOfEveryShapeAtOnce) }

func commitsOfEveryShapeAtOnce(t *testing.T, d database) {
	const writers, rounds = 8, 15
	before := d.deadlocks(t)
	var stores []*sqlstore.Store
	var pools []*sql.DB
	for range 2 {
		pools = append(pools, d.open(t))
		stores = append(stores, d.over(t, pools[len(pools)-1]))
	}
	require.NoError(t, stores[0].Migrate(t.Context()))
	ids := []string{"ada", "bob"}
	fill(t, stores[0])
	require.NoError(t, stores[0].Commit(t.Context(), store.PutOperator{Operator: store.Operator{
		ID: "bob", NameKey: "bob", EmailKey: "bob", State: store.OperatorActive,
	}}))
	results := make([]<-chan error, writers)
	for i := range writers {
		s := stores[i%2]
		results[i] = start(func() error {
			for n := range rounds {
				me, other := ids[(i+n)%2], ids[(i+n+1)%2]
				name := fmt.Sprintf("%d:%d", i, n)
				e := event(name)
				e.MAC = chain
				mail := store.EnqueueMail{Mail: store.Mail{ID: name, State: store.MailQueued}}
				session := func(of string) store.PutSession {
					return store.PutSession{Session: store.Session{Digest: store.DigestOf(name), ID: name, OperatorID: of, SeenAt: noon.Add(time.Duration(n))}, Keep: 2, Device: store.DigestOf("laptop")}
				}
				browser := func(of string) store.PutBrowser {
					return store.PutBrowser{Browser: store.Browser{Digest: store.DigestOf(name), ID: "browser of " + of, OperatorID: of, SeenAt: noon}, Keep: 2}
				}
				counters := []store.Write{store.ClearCounter{Key: "b"}, store.Unhit{Keys: []string{"d", "c"}}, store.ClearCounter{Key: "a"}}
				shapes := [][]store.Write{
					{counters[0], store.CheckOperator{ID: me, Version: 1}, session(me), browser(me), counters[1], counters[2], mail, e},
					{e, mail, store.MarkLocked{OperatorID: me}, session(other), browser(other), counters[2], store.MarkLocked{OperatorID: other}, counters[0]},
					{store.EndSessions{OperatorID: me, All: true}, e, store.EndSessions{OperatorID: other, All: true}, store.DeleteBrowsers{OperatorID: me, All: true}},
					{store.PutToken{Token: store.Token{Digest: store.DigestOf(name), Subject: other}}, store.PutSessionValues{SessionID: "session", Name: "n", Data: []byte("d")}, e, store.RevokeTokens{Subject: me}, mail},
					{counters[2], session(me), counters[1], e, store.PutSessionValues{SessionID: name, Name: "n", Data: []byte("d")}, store.RemoveFactors{OperatorID: other, All: true}},
				}
				err := s.Commit(t.Context(), shapes[(i+n)%len(shapes)]...)
				if err != nil && !errors.Is(err, store.ErrNotFound) { // of a session that another goroutine has ended
					return err
				}
				if _, _, err := s.Hit(t.Context(), noon, store.Hit{Key: "c", Limit: attempts}, store.Hit{Key: "a", Limit: attempts}, store.Hit{Key: "b", Limit: attempts}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for _, result := range results {
		require.NoError(t, <-result)
	}
	events, err := stores[0].ListEvents(t.Context(), store.EventQuery{OldestFirst: true, AfterSeq: 2, Limit: writers * rounds})
	require.NoError(t, err)
	require.Greater(t, len(events.Rows), writers*rounds/2)
	var previous []byte
	for i, e := range events.Rows {
		require.EqualValues(t, i+3, e.Seq)
		stored := e.MAC
		e.MAC = nil
		require.Equal(t, mac(previous, e), stored, "event %d", e.Seq)
		previous = stored
	}
	if d.driver == mariadb.Driver {
		t.Logf("%d deadlocks", d.deadlocks(t)-before)
		return
	}
	// They are counted when a connection ends, at the latest.
	for _, pool := range pools {
		require.NoError(t, pool.Close())
	}
	other := d.outsider(t)
	require.Eventually(t, func() bool {
		var left int
		const query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
		require.NoError(t, other.QueryRowContext(t.Context(), query).Scan(&left))
		return left == 0
	}, 10*time.Second, time.Millisecond)
	require.Equal(t, before, d.deadlocks(t))
}
