package mariadb_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/mariadb"
)

func TestStart(t *testing.T) {
	db := mariadb.Open(t)

	var one int
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT 1").Scan(&one))
	require.Equal(t, 1, one)

	t.Run("text is compared as a language does, not by bytes", func(t *testing.T) {
		var same bool
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT 'É' = 'e  '").Scan(&same))
		require.True(t, same)
	})
	t.Run("a value that does not fit is refused, not cut", func(t *testing.T) {
		var mode string
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT @@sql_mode").Scan(&mode))
		require.Contains(t, mode, "STRICT_TRANS_TABLES")
	})
	t.Run("no other server removes its temporary tables", func(t *testing.T) {
		var folder string
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT @@tmpdir").Scan(&folder))
		require.NotEqual(t, filepath.Clean(os.TempDir()), filepath.Clean(folder))
	})
	t.Run("each call gives an empty database", func(t *testing.T) {
		_, err := db.ExecContext(t.Context(), "CREATE TABLE mine (id int)")
		require.NoError(t, err)

		var tables int
		const count = "SELECT count(*) FROM information_schema.tables WHERE table_schema = database()"
		require.NoError(t, mariadb.Open(t).QueryRowContext(t.Context(), count).Scan(&tables))
		require.Zero(t, tables)
	})
	t.Run("a database does not outlive its test", func(t *testing.T) {
		var name string
		t.Run("inner", func(t *testing.T) {
			inner := mariadb.Open(t)
			require.NoError(t, inner.QueryRowContext(t.Context(), "SELECT database()").Scan(&name))
		})
		var left int
		const count = "SELECT count(*) FROM information_schema.schemata WHERE schema_name = ?"
		require.NoError(t, db.QueryRowContext(t.Context(), count, name).Scan(&left))
		require.Zero(t, left)
	})
}

func TestServeSaysWhatIsWrong(t *testing.T) {
	mariadb.Start(t) // or this is skipped
	s, err := mariadb.Serve("--no-such-option")
	require.ErrorContains(t, err, "--no-such-option")
	require.NoError(t, os.RemoveAll(string(s)))
}
