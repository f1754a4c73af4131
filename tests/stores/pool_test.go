package stores_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestAPoolThatIsFull holds the only connection: whoever asks the store waits,
// no longer than their context lasts, and the next one gets on as ever.
func TestAPoolThatIsFull(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		db := d.open(t)
		db.SetMaxOpenConns(1)
		s := d.over(t, db)
		require.NoError(t, s.Migrate(t.Context()))
		held, err := db.Conn(t.Context())
		require.NoError(t, err)

		for name, ask := range map[string]func(context.Context) error{
			"a read":  func(ctx context.Context) error { _, err := s.ParametersRevision(ctx); return err },
			"a write": func(ctx context.Context) error { return s.Commit(ctx, event("waits")) },
		} {
			ctx, giveUp := context.WithCancel(t.Context())
			waiting, failed := db.Stats().WaitCount, make(chan error)
			go func() { failed <- ask(ctx) }()
			require.Eventually(t, func() bool { return db.Stats().WaitCount > waiting }, time.Minute, time.Millisecond, name)
			giveUp()
			require.ErrorIs(t, <-failed, context.Canceled, name)
		}
		require.NoError(t, held.Close())
		_, err = s.ParametersRevision(t.Context())
		require.NoError(t, err)
	})
}
