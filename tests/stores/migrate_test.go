package stores_test

import (
	"io/fs"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/mariadb"
)

func TestMigrate(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		t.Run("says that it was not called", func(t *testing.T) {
			_, err := d.over(t, d.open(t)).FindOperator(t.Context(), "ada")
			require.ErrorContains(t, err, "call Migrate")
			require.ErrorIs(t, err, store.ErrIncompatible)
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
		_, err := db.ExecContext(t.Context(), "CREATE TABLE postern_events (id INTEGER)")
		require.NoError(t, err)
		before := d.schema(t)
		require.ErrorContains(t, d.over(t, db).Migrate(t.Context()), "0001_initial.up.sql")
		if d.driver != mariadb.Driver { // on which each table is a commit
			require.Equal(t, before, d.schema(t))
			return
		}
		err = d.over(t, db).Check(t.Context())
		require.ErrorContains(t, err, "call Migrate")
		_, err = db.ExecContext(t.Context(), "DROP TABLE postern_events")
		require.NoError(t, err)
		d.store(t)
		untouched := mariaDB(t)
		untouched.store(t)
		require.Equal(t, untouched.schema(t), d.schema(t), "what it left is gone on with")
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
				_, err = each(theirs, theirs, theirs, theirs.with("multiStatements=true")).open(t).ExecContext(t.Context(), string(text))
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
	query := each(d, `SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_master ORDER BY 1`,
		`SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
				FROM information_schema.columns WHERE table_schema = 'public'
			UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
			UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger ORDER BY 1`,
		`SELECT CONCAT_WS(' ', 'table', table_name, engine, row_format, table_collation) FROM information_schema.tables WHERE table_schema = DATABASE()
			UNION ALL SELECT CONCAT_WS(' ', 'column', table_name, column_name, column_type, is_nullable, collation_name, column_default, extra)
				FROM information_schema.columns WHERE table_schema = DATABASE()
			UNION ALL SELECT CONCAT_WS(' ', 'index', table_name, index_name, seq_in_index, column_name, sub_part, non_unique)
				FROM information_schema.statistics WHERE table_schema = DATABASE()
			UNION ALL SELECT CONCAT_WS(' ', 'trigger', trigger_name, action_timing, event_manipulation, event_object_table, action_statement)
				FROM information_schema.triggers WHERE trigger_schema = DATABASE() ORDER BY 1`)
	conn, err := d.open(t).Conn(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	return explain(t, conn, query, nil, 0)
}

func TestWrongDialect(t *testing.T) {
	for _, kind := range databases[1:] {
		is := kind.make(t)
		for _, d := range []sqlstore.Dialect{sqlstore.SQLite(), sqlstore.PostgreSQL(), sqlstore.MySQL()} {
			if d.String() == is.dialect.String() {
				continue
			}
			t.Run(kind.name+" is not "+d.String(), func(t *testing.T) {
				wrong := is
				wrong.dialect = d
				s := wrong.over(t, is.open(t))
				err := s.Migrate(t.Context())
				require.ErrorContains(t, err, "it is not "+d.String())
				require.NotContains(t, err.Error(), "tables are missing")
				require.Error(t, s.Commit(t.Context(), event("never")))
			})
		}
	}
}

// schemaOfTables lists the tables of a MariaDB, with commas.
func (d database) schemaOfTables(t *testing.T) (tables string) {
	t.Helper()
	const query = `SELECT GROUP_CONCAT(table_name) FROM information_schema.tables WHERE table_schema = DATABASE()`
	require.NoError(t, d.open(t).QueryRowContext(t.Context(), query).Scan(&tables))
	return tables
}
