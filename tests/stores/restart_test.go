package stores_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

func TestRestart(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		before := d.open(t)
		s := d.over(t, before)
		require.NoError(t, s.Migrate(t.Context()))
		fill(t, s)
		require.NoError(t, before.Close())

		after := d.store(t)
		t.Run("a used link stays used", func(t *testing.T) {
			err := after.Commit(t.Context(), store.ConsumeToken{Digest: store.DigestOf("link"), Purpose: store.PurposeReset, Now: noon})
			require.ErrorIs(t, err, store.ErrUsed)
		})
		t.Run("a code that was accepted is not accepted again", func(t *testing.T) {
			err := after.Commit(t.Context(), store.AdvanceFactor{ID: "phone", Step: 7, At: noon})
			require.ErrorIs(t, err, store.ErrReplayed)
		})
		t.Run("attempts go on from where they were", func(t *testing.T) {
			hits, ok, err := after.Hit(t.Context(), noon.Add(time.Minute), store.Hit{Key: "ada", Limit: attempts})
			require.NoError(t, err)
			require.True(t, ok)
			require.Equal(t, 2, hits[0].Counter.Count)
			require.Equal(t, noon, hits[0].Counter.FirstAt)
		})
		t.Run("sessions and what is kept beside them are there", func(t *testing.T) {
			_, err := after.FindSession(t.Context(), store.DigestOf("session"))
			require.NoError(t, err)
			data, err := after.FindSessionValues(t.Context(), "session", "host")
			require.NoError(t, err)
			require.Equal(t, []byte("value"), data)
		})
		t.Run("the audit goes on with the next number", func(t *testing.T) {
			require.NoError(t, after.Commit(t.Context(), event("third")))
			events, err := after.ListEvents(t.Context(), store.EventQuery{})
			require.NoError(t, err)
			require.Len(t, events.Rows, 3)
			require.EqualValues(t, 3, events.Rows[0].Seq)
		})
	})
}
