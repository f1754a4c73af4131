package stores_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
)

// hurry opens a store whose bounds are edited to be short, over a data source name
// that has none.
func (d database) hurry(t *testing.T, edit ...string) (*sqlstore.Store, *recorder) {
	t.Helper()
	d.dsn += "&lock_timeout=0&statement_timeout=0&idle_in_transaction_session_timeout=0"
	db, r := d.record(t)
	r.edit = strings.NewReplacer(edit...)
	return d.over(t, db), r
}

// begun counts the transactions that were sent since the last call.
func (r *recorder) begun() (n int) {
	for _, sent := range r.take() {
		if strings.HasPrefix(sent.query, "BEGIN") {
			n++
		}
	}
	return n
}

func TestFrozenProcessHoldsUpNobody(t *testing.T) {
	d := postgreSQL(t)
	s := d.store(t)
	fill(t, s)
	freezes, _ := d.hurry(t, "'2s'", "'100ms'")
	tries := 0
	frozen, thaw := make(chan struct{}), make(chan struct{})
	thawed := start(func() error {
		return freezes.Commit(t.Context(), rename(t, s), during(func() {
			if tries++; tries == 1 {
				close(frozen)
				<-thaw
			}
		}))
	})
	<-frozen
	require.NoError(t, s.Commit(t.Context(), store.PutOperator{Operator: mustFind(t, s)}, event("goes on")))
	close(thaw)
	require.ErrorIs(t, <-thawed, store.ErrConflict, "it was repeated, after the other")

	events, err := s.ListEvents(t.Context(), store.EventQuery{})
	require.NoError(t, err)
	require.Len(t, events.Rows, 3)
}

func mustFind(t *testing.T, s store.Store) store.Operator {
	t.Helper()
	o, err := s.FindOperator(t.Context(), "ada")
	require.NoError(t, err)
	return o
}

func TestWaitsForLocksOfOthers(t *testing.T) {
	d := postgreSQL(t)
	fill(t, d.store(t))
	other := d.outsider(t)
	exec := func(query string) {
		_, err := other.ExecContext(t.Context(), query)
		require.NoError(t, err)
	}
	for name, c := range map[string]struct {
		bound, held string
		call        func(*sqlstore.Store) error
	}{
		"a commit asks again after each wait": {
			"'4s'", "SELECT seq FROM postern_event_head FOR UPDATE",
			func(s *sqlstore.Store) error { return s.Commit(t.Context(), event("waits")) },
		},
		"a migration does not wait for ever either": {
			"'1s'", "SELECT pg_advisory_xact_lock(hashtext('new_migrations'))",
			func(s *sqlstore.Store) error { return s.Migrate(t.Context()) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := d
			if c.bound == "'1s'" {
				d.prefix = "new_"
			}
			s, sent := d.hurry(t, c.bound, "'20ms'")
			exec("BEGIN")
			exec(c.held)
			done := start(func() error { return c.call(s) })
			begun := 0
			require.Eventually(t, func() bool { begun += sent.begun(); return begun > 2 }, 10*time.Second, time.Millisecond)
			exec("ROLLBACK")
			require.NoError(t, <-done)
		})
	}
	t.Run("a statement that takes too long is not repeated", func(t *testing.T) {
		s, sent := d.hurry(t, "'5s'", "'20ms'")
		exec("BEGIN; SELECT seq FROM postern_event_head FOR UPDATE")
		require.ErrorIs(t, s.Commit(t.Context(), event("never")), store.ErrUnavailable)
		require.Equal(t, 1, sent.begun())
		exec("ROLLBACK")
	})
	t.Run("whoever leaves frees the connection, here and in the database", func(t *testing.T) {
		db := d.open(t)
		s := d.over(t, db)
		exec("BEGIN; LOCK TABLE postern_parameters, postern_event_head")
		for name, call := range map[string]func(context.Context) error{
			"a read":  func(ctx context.Context) error { _, err := s.ParametersRevision(ctx); return err },
			"a write": func(ctx context.Context) error { return s.Commit(ctx, event("leaves")) },
		} {
			ctx, leave := context.WithCancel(t.Context())
			left := start(func() error { return call(ctx) })
			d.requireWaiting(t)
			leave()
			err := <-left
			require.ErrorIs(t, err, context.Canceled, name)
			require.NotErrorIs(t, err, store.ErrUnavailable, name)

			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			err = call(ctx)
			cancel()
			require.ErrorIs(t, err, store.ErrUnavailable, name)
			require.ErrorIs(t, err, context.DeadlineExceeded, name)
			require.Zero(t, db.Stats().InUse, name)
			require.Eventually(t, func() bool {
				var waiting int
				const query = `SELECT count(*) FROM pg_stat_activity
					WHERE datname = current_database() AND wait_event_type = 'Lock'`
				require.NoError(t, other.QueryRowContext(t.Context(), query).Scan(&waiting))
				return waiting == 0
			}, 10*time.Second, time.Millisecond, name)
		}
		exec("ROLLBACK")
	})
}

func TestReadOnlyPostgreSQL(t *testing.T) {
	d := postgreSQL(t)
	fill(t, d.store(t))
	admin := d.outsider(t)
	readOnly := func(value string) {
		var name string
		require.NoError(t, admin.QueryRowContext(t.Context(), "SELECT current_database()").Scan(&name))
		_, err := admin.ExecContext(t.Context(), "ALTER DATABASE "+name+" SET default_transaction_read_only = "+value)
		require.NoError(t, err)
	}
	db := d.open(t)
	s := d.over(t, db)

	t.Run("as a whole it refuses writes, answers reads, and is itself again afterwards", func(t *testing.T) {
		readOnly("on")
		require.ErrorIs(t, s.Commit(t.Context(), event("never")), store.ErrReadOnly)
		_, err := s.FindOperator(t.Context(), "ada")
		require.NoError(t, err)
		readOnly("off")
		require.NoError(t, s.Commit(t.Context(), event("afterwards")))
	})
	t.Run("on one connection, which a fail-over left behind, is left for another", func(t *testing.T) {
		conn, err := db.Conn(t.Context())
		require.NoError(t, err)
		_, err = conn.ExecContext(t.Context(), "SET default_transaction_read_only = on")
		require.NoError(t, err)
		require.NoError(t, conn.Close())
		require.NoError(t, s.Commit(t.Context(), event("on the new one")))
		require.NoError(t, s.Commit(t.Context(), event("and again")))
	})
}

func TestSQLiteThatTakesNoWrites(t *testing.T) {
	d := plainSQLite(t)
	fill(t, d.store(t))
	for name, pragma := range map[string]string{
		"read-only": "query_only(1)",
		"full":      "max_page_count(1)",
	} {
		t.Run(name, func(t *testing.T) {
			limited := d
			limited.dsn = "file:" + d.dsn + "?_pragma=" + pragma
			s := limited.over(t, limited.open(t))
			var err error
			for i := 0; i < 1000 && err == nil; i++ { // until the last page is full
				e := event(fmt.Sprint(name, i))
				e.Event.Reason = strings.Repeat("reason ", 10000)
				err = s.Commit(t.Context(), e)
			}
			require.ErrorIs(t, err, store.ErrReadOnly)
			_, err = s.FindOperator(t.Context(), "ada")
			require.NoError(t, err)
		})
	}
	t.Run("not there", func(t *testing.T) {
		gone := d
		gone.dsn = "file:" + t.TempDir() + "/gone/office.db"
		s := gone.over(t, gone.open(t))
		_, err := s.FindOperator(t.Context(), "ada")
		require.ErrorIs(t, err, store.ErrUnavailable)
	})
}

// TestSmallPoolUnderMany has fifty goroutines use two connections: each is done, or
// told that the store was busy when its time is up.
func TestSmallPoolUnderMany(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		db := d.open(t)
		db.SetMaxOpenConns(2)
		s := d.over(t, db)
		require.NoError(t, s.Migrate(t.Context()))
		var all sync.WaitGroup
		var done, busy atomic.Int64
		for i := range 50 {
			all.Go(func() {
				// From no time at all to enough.
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*2*time.Millisecond)
				defer cancel()
				err := s.Commit(ctx, event(fmt.Sprint("event ", i)))
				if err == nil {
					_, err = s.ParametersRevision(ctx)
				}
				switch {
				case err == nil:
					done.Add(1)
				case errors.Is(err, store.ErrUnavailable):
					busy.Add(1)
				default:
					t.Errorf("neither done nor busy: %v", err)
				}
			})
		}
		all.Wait()
		require.NotZero(t, busy.Load())
		require.EqualValues(t, 50, busy.Load()+done.Load())
		// The pool may still open a connection for someone who left.
		require.Eventually(t, func() bool { return db.Stats().InUse == 0 }, 10*time.Second, time.Millisecond)
		require.NoError(t, s.Commit(t.Context(), event("afterwards")))
	})
}

// TestConnectionsEndUnderLoad ends all sessions again and again while others read
// and write.
func TestConnectionsEndUnderLoad(t *testing.T) { onEachServer(t, connectionsEndUnderLoad) }

func connectionsEndUnderLoad(t *testing.T, d database) {
	s := d.store(t)
	fill(t, s)
	other := d.open(t)
	other.SetMaxOpenConns(1)

	var everyone sync.WaitGroup
	var reads atomic.Int64
	stop := make(chan struct{})
	going := func() bool {
		select {
		case <-stop:
			return false
		default:
			return true
		}
	}
	acknowledged, unknown := make([]map[string]bool, 4), make([]map[string]bool, 4)
	for i := range acknowledged {
		acknowledged[i], unknown[i] = map[string]bool{}, map[string]bool{}
		everyone.Go(func() {
			for n := 0; going(); n++ {
				e := event(fmt.Sprintf("writer %d, event %d", i, n))
				switch err := s.Commit(t.Context(), e); {
				case err == nil:
					acknowledged[i][e.Event.ID] = true
				case errors.Is(err, store.ErrUnavailable):
					unknown[i][e.Event.ID] = true
				default:
					t.Errorf("a write: %v", err)
					return
				}
			}
		})
		everyone.Go(func() {
			for going() {
				if _, err := s.FindOperator(t.Context(), "ada"); err != nil {
					t.Errorf("a read was not repeated: %v", err)
					return
				}
				reads.Add(1)
			}
		})
	}
	ended := 0
	for range 15 {
		ended += d.terminate(t, other, all)
		seen := reads.Load()
		require.Eventually(t, func() bool { return reads.Load() > seen+20 }, 10*time.Second, time.Millisecond)
	}
	close(stop)
	everyone.Wait()
	require.NotZero(t, ended)

	counted := map[string]int{}
	for query := (store.EventQuery{}); ; {
		page, err := s.ListEvents(t.Context(), query)
		require.NoError(t, err)
		for _, e := range page.Rows {
			counted[e.ID]++
		}
		if query.BeforeSeq = page.Next; page.Next == 0 {
			break
		}
	}
	written := 0
	for i := range acknowledged {
		for id := range acknowledged[i] {
			require.Equal(t, 1, counted[id], id)
		}
		for id := range unknown[i] {
			require.LessOrEqual(t, counted[id], 1, id)
		}
		written += len(acknowledged[i])
	}
	require.NotZero(t, written)
	t.Logf("%d sessions ended, %d reads, %d commits, of which %d of unknown outcome", ended, reads.Load(), written, len(unknown[0])+len(unknown[1])+len(unknown[2])+len(unknown[3]))
}
