package stores_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// TestFrozenProcessHoldsUpNobodyOnMariaDB has the bounds that docs/mysql.md recommends, as
// short as they can be: no statement sets them.
func TestFrozenProcessHoldsUpNobodyOnMariaDB(t *testing.T) {
	d := mariaDB(t)
	s := d.with("innodb_lock_wait_timeout=4").store(t)
	fill(t, s)
	bounded := d.with("idle_transaction_timeout=1")
	freezes := bounded.over(t, bounded.open(t))
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
}

func TestWaitsForLocksOfOthersOnMariaDB(t *testing.T) {
	d := mariaDB(t)
	fill(t, d.store(t))
	other := d.outsider(t)
	exec := func(query string) {
		_, err := other.ExecContext(t.Context(), query)
		require.NoError(t, err)
	}
	t.Run("a commit asks again after each wait", func(t *testing.T) {
		db, sent := d.with("innodb_lock_wait_timeout=0").record(t)
		s := d.over(t, db)
		exec("BEGIN")
		exec("SELECT seq FROM postern_event_head FOR UPDATE")
		done := start(func() error { return s.Commit(t.Context(), event("waits")) })
		begun := 0
		require.Eventually(t, func() bool {
			for _, s := range sent.take() {
				if begins(s.query) {
					begun++
				}
			}
			return begun > 2
		}, 10*time.Second, time.Millisecond)
		exec("ROLLBACK")
		require.NoError(t, <-done)
	})
	t.Run("a migration waits for another, and leaves no lock behind", func(t *testing.T) {
		const lock = "SHA1(CONCAT('new_migrations ', DATABASE()))"
		exec("DO GET_LOCK(" + lock + ", 0)")
		d := d
		d.prefix = "new_"
		db := d.open(t)
		done := start(func() error { return d.over(t, db).Migrate(t.Context()) })
		require.Eventually(t, func() bool {
			var waiting bool
			const query = "SELECT EXISTS (SELECT 1 FROM information_schema.processlist WHERE db = DATABASE() AND state = 'User lock')"
			require.NoError(t, other.QueryRowContext(t.Context(), query).Scan(&waiting))
			return waiting
		}, 10*time.Second, time.Millisecond)
		exec("DO RELEASE_LOCK(" + lock + ")")
		require.NoError(t, <-done)
		var free bool
		require.NoError(t, other.QueryRowContext(t.Context(), "SELECT IS_FREE_LOCK("+lock+")").Scan(&free))
		require.True(t, free, "while the pool has its connection still")
	})
	t.Run("whoever leaves frees the connection here", func(t *testing.T) {
		db := d.with("innodb_lock_wait_timeout=1").open(t)
		s := d.over(t, db)
		exec("LOCK TABLES postern_parameters WRITE, postern_event_head WRITE")
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
		}
		exec("UNLOCK TABLES")
		require.NoError(t, s.Commit(t.Context(), event("goes on")))
	})
}
