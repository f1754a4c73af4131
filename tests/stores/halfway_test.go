package stores_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store/sqlstore"
)

// TestMariaDBMigrationsThatBreakOff runs the migrations again from their beginning after
// each of their statements, since each commits by itself: whatever a crash leaves, the next
// run goes on, and ends with the same tables.
func TestMariaDBMigrationsThatBreakOff(t *testing.T) {
	whole, broken := mariaDB(t), mariaDB(t)
	require.NoError(t, whole.over(t, whole.open(t)).Migrate(t.Context()))

	db := broken.open(t)
	files, err := fs.Glob(sqlstore.Migrations(broken.dialect), "*.sql")
	require.NoError(t, err)
	var done []string
	for _, file := range files {
		text, err := fs.ReadFile(sqlstore.Migrations(broken.dialect), file)
		require.NoError(t, err)
		for next := range strings.SplitSeq(string(text), "\n\n") {
			done = append(done, next)
			for _, statement := range done {
				_, err := db.ExecContext(t.Context(), statement)
				require.NoError(t, err, statement)
			}
		}
	}
	require.NoError(t, broken.over(t, db).Migrate(t.Context()))
	require.Equal(t, whole.schema(t), broken.schema(t))
	fill(t, broken.store(t))
}
