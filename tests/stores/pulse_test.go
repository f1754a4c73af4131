package stores_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/bounded"
	"github.com/postern-go/postern/store"
)

// TestAPulseIsOneQuery and reads no more than it must, because every replica asks
// every second.
func TestAPulseIsOneQuery(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		fill(t, d.store(t))
		db, sent := d.record(t)
		p, err := d.over(t, db).Pulse(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 1, p.Revision)
		require.Len(t, sent.take(), 1)
	})
}

func TestADatabaseSaysThatItIsReadOnly(t *testing.T) {
	d := postgreSQL(t)
	d.store(t)
	d.dsn += "&default_transaction_read_only=on" // as a standby has it
	p, err := d.over(t, d.open(t)).Pulse(t.Context())
	require.NoError(t, err)
	require.True(t, p.ReadOnly)
}

// TestACallThatIsOutOfTimeGivesItsConnectionBack waits for the only connection of
// a pool, and then in it for a lock.
func TestACallThatIsOutOfTimeGivesItsConnectionBack(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		db := d.open(t)
		db.SetMaxOpenConns(1)
		s := d.over(t, db)
		require.NoError(t, s.Migrate(t.Context()))
		short := bounded.New(s, 20*time.Millisecond, nil)
		held, err := db.Conn(t.Context())
		require.NoError(t, err)
		for _, ctx := range []context.Context{t.Context(), context.WithoutCancel(t.Context())} {
			_, err = short.ParametersRevision(ctx)
			require.ErrorIs(t, err, store.ErrUnavailable)
			require.ErrorIs(t, short.Commit(ctx, event("waits")), store.ErrUnavailable)
		}
		require.NoError(t, held.Close())

		lock := each(d, "BEGIN EXCLUSIVE", "BEGIN; LOCK TABLE postern_parameters, postern_event_head",
			"LOCK TABLES postern_parameters WRITE, postern_event_head WRITE")
		other, err := d.open(t).Conn(t.Context())
		require.NoError(t, err)
		_, err = other.ExecContext(t.Context(), lock)
		require.NoError(t, err)
		require.ErrorIs(t, short.Commit(t.Context(), event("waits")), store.ErrUnavailable)
		_, err = other.ExecContext(t.Context(), each(d, "ROLLBACK", "ROLLBACK", "UNLOCK TABLES"))
		require.NoError(t, err)
		require.NoError(t, other.Close())

		require.NoError(t, s.Commit(t.Context(), event("goes on")))
		pool := s.Pool()
		require.Equal(t, 1, pool.MaxOpen)
		require.Zero(t, pool.InUse)
		require.EqualValues(t, 4, pool.Waits)
		require.Positive(t, pool.Waited)
	})
}
