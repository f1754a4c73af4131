package stores_test

import (
	"io/fs"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/postgres"
)

func TestMigrate(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		t.Run("says that it was not called", func(t *testing.T) {
			_, err := d.over(t, d.open(t)).FindOperator(t.Context(), "ada")
			require.ErrorContains(t, err, "call Migrate")
			err = d.over(t, d.open(t)).Commit(t.Context(), store.CheckNoOperators{})
			require.ErrorContains(t, err, "call Migrate")
		})
		t.Run("runs in many replicas at once, and again", func(t *testing.T) {
			results := make([]error, 8)
			var all sync.WaitGroup
			for i := range results {
				s := d.over(t, d.open(t))
				all.Go(func() { results[i] = s.Migrate(t.Context()) })
			}
			all.Wait()
			for _, err := range results {
				require.NoError(t, err)
			}
			s := d.store(t)
			fill(t, s)
			require.NoError(t, s.Migrate(t.Context()))
			_, err := s.FindOperator(t.Context(), "ada")
			require.NoError(t, err)
		})
	})
}

func TestMigrateAllOrNothing(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		db := d.open(t)
		_, err := db.ExecContext(t.Context(), "CREATE TABLE postern_mails (id INTEGER)")
		require.NoError(t, err)
		before := d.schema(t)
		require.ErrorContains(t, d.over(t, db).Migrate(t.Context()), "0001_initial.up.sql")
		require.Equal(t, before, d.schema(t))
	})
}

func TestMigrationsExported(t *testing.T) {
	for _, kind := range databases {
		t.Run(kind.name, func(t *testing.T) {
			ours, theirs := kind.make(t), kind.make(t)
			ours.store(t)
			files := sqlstore.Migrations(theirs.dialect)
			names, err := fs.Glob(files, "*.sql")
			require.NoError(t, err)
			db := theirs.open(t)
			require.ErrorContains(t, theirs.over(t, db).Check(t.Context()), "call Migrate", "too early")
			for _, name := range names {
				text, err := fs.ReadFile(files, name)
				require.NoError(t, err)
				_, err = db.ExecContext(t.Context(), string(text))
				require.NoError(t, err)
			}
			require.NotEmpty(t, ours.schema(t))
			require.Equal(t, ours.schema(t), theirs.schema(t))
			require.NoError(t, theirs.over(t, db).Check(t.Context()))
			fill(t, theirs.over(t, db))
		})
	}
}

// schema lists what there is in a database.
func (d database) schema(t *testing.T) string {
	t.Helper()
	query := `SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_master ORDER BY 1`
	if d.driver == postgres.Driver {
		query = `SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
				FROM information_schema.columns WHERE table_schema = 'public'
			UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
			UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger ORDER BY 1`
	}
	conn, err := d.open(t).Conn(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	return explain(t, conn, query, nil, 0)
}

func TestWrongDialect(t *testing.T) {
	for name, d := range map[string]database{
		"sqlite":     {driver: postgres.Driver, dsn: postgres.Start(t), dialect: sqlstore.SQLite()},
		"postgresql": {driver: "sqlite", dsn: filepath.Join(t.TempDir(), "office.db"), dialect: sqlstore.PostgreSQL()},
	} {
		t.Run("the database is not "+name, func(t *testing.T) {
			s := d.over(t, d.open(t))
			require.ErrorContains(t, s.Migrate(t.Context()), "it is not "+name)
			require.Error(t, s.Commit(t.Context()))
		})
	}
}
