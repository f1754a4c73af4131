package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/postgres"
)

func TestStart(t *testing.T) {
	db := postgres.Open(t)

	var one int
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT 1").Scan(&one))
	require.Equal(t, 1, one)

	t.Run("text is ordered as a language does, not by bytes", func(t *testing.T) {
		var less bool
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT 'a' < 'B'").Scan(&less))
		require.True(t, less)
	})
	t.Run("each call gives an empty database", func(t *testing.T) {
		_, err := db.ExecContext(t.Context(), "CREATE TABLE mine (id int)")
		require.NoError(t, err)

		var tables int
		const count = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
		require.NoError(t, postgres.Open(t).QueryRowContext(t.Context(), count).Scan(&tables))
		require.Zero(t, tables)
	})
	t.Run("a database does not outlive its test", func(t *testing.T) {
		var name string
		t.Run("inner", func(t *testing.T) {
			inner := postgres.Open(t)
			require.NoError(t, inner.QueryRowContext(t.Context(), "SELECT current_database()").Scan(&name))
		})
		var left int
		const count = "SELECT count(*) FROM pg_database WHERE datname = $1"
		require.NoError(t, db.QueryRowContext(t.Context(), count, name).Scan(&left))
		require.Zero(t, left)
	})
}
