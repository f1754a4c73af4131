package stores_test

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/postgres"
)

// TestAnOlderProgramOnTablesThatANewerOneAddedTo is what a rolling deploy is made of, and what
// follows when a release is taken back.
func TestAnOlderProgramOnTablesThatANewerOneAddedTo(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		running := d.store(t)
		fill(t, running)
		_, err := running.FindSession(t.Context(), store.DigestOf("session"))
		require.NoError(t, err)
		added(t, d)

		t.Run("goes on", func(t *testing.T) {
			everyRequestReads(t, running, func(t *testing.T, err error) { require.NoError(t, err) })
			require.NoError(t, running.Commit(t.Context(), rename(t, running), event("after")))
		})
		t.Run("starts", func(t *testing.T) {
			started := d.over(t, d.open(t))
			require.NoError(t, started.Migrate(t.Context()))
			require.NoError(t, started.Check(t.Context()))
			everyRequestReads(t, started, func(t *testing.T, err error) { require.NoError(t, err) })
			require.NoError(t, started.Commit(t.Context(), rename(t, started), event("later")))
		})
		t.Run("keeps what the newer one wrote", func(t *testing.T) {
			db := d.open(t)
			for _, table := range []string{"operators", "parameters"} {
				_, err := db.ExecContext(t.Context(), "UPDATE postern_"+table+" SET later = 'kept'")
				require.NoError(t, err)
			}
			ada := mustFind(t, running)
			p, err := running.LoadParameters(t.Context())
			require.NoError(t, err)
			require.NoError(t, running.Commit(t.Context(), store.PutOperator{Operator: ada}, store.PutParameters{Parameters: p}, event("writes")))
			for _, table := range []string{"operators", "parameters"} {
				var is string
				require.NoError(t, db.QueryRowContext(t.Context(), "SELECT later FROM postern_"+table).Scan(&is))
				require.Equal(t, "kept", is, table)
			}
		})
	})
}

// TestAProgramThatIsTooOldIsRefused has one that runs, and one that starts, when a newer one has
// migrated the tables so that they must not go on.
func TestAProgramThatIsTooOldIsRefused(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		running := d.store(t)
		fill(t, running)
		everyRequestReads(t, running, func(t *testing.T, err error) { require.NoError(t, err) })
		added(t, d)
		next := lastVersion(t, d) + 1
		tooOld := func(t *testing.T, err error) {
			t.Helper()
			require.ErrorIs(t, err, store.ErrIncompatible)
			require.ErrorIs(t, err, store.ErrUnavailable)
			require.ErrorContains(t, err, fmt.Sprintf("programs must know version %d of the tables, and this one knows %d: a newer program migrated them", next, next-1))
		}
		require.NoError(t, execute(t, d, "UPDATE postern_parameters SET min_version = %d", next))
		t.Run("while it runs", func(t *testing.T) { everyRequestReads(t, running, tooOld) })
		t.Run("when it starts", func(t *testing.T) {
			before := d.schema(t)
			started := d.over(t, d.open(t))
			tooOld(t, started.Migrate(t.Context()))
			tooOld(t, started.Check(t.Context()))
			everyRequestReads(t, started, tooOld)
			require.Equal(t, before, d.schema(t))
		})
		t.Run("when it starts before there is an office", func(t *testing.T) {
			require.NoError(t, execute(t, d, "UPDATE postern_parameters SET revision = 0"))
			_, err := running.LoadParameters(t.Context())
			tooOld(t, err)
			require.NoError(t, execute(t, d, "UPDATE postern_parameters SET revision = 1"))
		})
		t.Run("but not once the backup is restored", func(t *testing.T) {
			require.NoError(t, execute(t, d, "UPDATE postern_parameters SET min_version = %d", next-1))
			everyRequestReads(t, running, func(t *testing.T, err error) { require.NoError(t, err) })
			require.NoError(t, running.Migrate(t.Context()))
		})
		t.Run("what was under way when a column went does not happen", func(t *testing.T) {
			was := mustFind(t, running)
			write := rename(t, running)
			require.NoError(t, execute(t, d, "ALTER TABLE postern_operators RENAME COLUMN language TO languages"))
			err := running.Commit(t.Context(), event("half"), write)
			require.ErrorIs(t, err, store.ErrIncompatible)
			require.ErrorContains(t, err, "replace this one by it")
			require.NoError(t, execute(t, d, "ALTER TABLE postern_operators RENAME COLUMN languages TO language"))
			require.Equal(t, was, mustFind(t, running))
		})
	})
}

// everyRequestReads checks what becomes of all that a request, a start or Run begins with.
func everyRequestReads(t *testing.T, s *sqlstore.Store, check func(*testing.T, error)) {
	t.Helper()
	_, err := s.FindSession(t.Context(), store.DigestOf("session"))
	check(t, err)
	_, err = s.FindSignIn(t.Context(), store.SignInQuery{Login: "ada"})
	check(t, err)
	_, err = s.ParametersRevision(t.Context())
	check(t, err)
	_, err = s.LoadParameters(t.Context())
	check(t, err)
	_, err = s.Pulse(t.Context())
	check(t, err)
}

// TestMigrationsLeaveOlderProgramsWhatTheyUse compares the columns after each migration with
// those before: one that takes away what older programs need must raise min_version.
func TestMigrationsLeaveOlderProgramsWhatTheyUse(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		files, err := fs.Glob(sqlstore.Migrations(d.dialect), "*.sql")
		require.NoError(t, err)
		db := d.open(t)
		before := map[string]column{}
		for i, file := range files {
			run(t, db, d, file)
			after := d.columns(t, db)
			if least := minVersion(t, db, after); least > int64(i) {
				require.LessOrEqual(t, least, int64(i+1), "%s: nobody knows this version yet", file)
			} else {
				for name, was := range before {
					require.Equal(t, was, after[name], "%s: %s changed; raise min_version to %d", file, name, i+1)
				}
				for name, is := range after {
					if _, old := before[name]; !old && oldTable(before, name) {
						require.True(t, is.optional, "%s: %s must be NULL or have a default, as older programs do not set it", file, name)
					}
				}
			}
			before = after
		}
	})
}

func minVersion(t *testing.T, db *sql.DB, columns map[string]column) (least int64) {
	if _, ok := columns["postern_parameters.min_version"]; ok {
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT min_version FROM postern_parameters").Scan(&least))
	}
	return least
}

func oldTable(columns map[string]column, name string) bool {
	table, _, _ := strings.Cut(name, ".")
	for known := range columns {
		if strings.HasPrefix(known, table+".") {
			return true
		}
	}
	return false
}

// column is a column of a table: its type, and whether an INSERT may leave it out.
type column struct {
	kind     string
	optional bool
}

// columns are those of all tables of ours, by table.column.
func (d database) columns(t *testing.T, db *sql.DB) map[string]column {
	t.Helper()
	query := `SELECT m.name || '.' || c.name, c.type, c."notnull" = 0 OR c.dflt_value IS NOT NULL
		FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name LIKE 'postern\_%' ESCAPE '\'`
	if d.driver != "sqlite" {
		query = `SELECT CONCAT(table_name, '.', column_name), data_type, is_nullable = 'YES' OR column_default IS NOT NULL
			FROM information_schema.columns WHERE table_schema = ` + currentSchema(d) + ` AND table_name LIKE 'postern%'`
	}
	rows, err := db.QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	all := map[string]column{}
	for rows.Next() {
		var name string
		var c column
		require.NoError(t, rows.Scan(&name, &c.kind, &c.optional))
		all[name] = c
	}
	require.NoError(t, rows.Err())
	require.NotEmpty(t, all)
	return all
}

func currentSchema(d database) string {
	if d.driver == postgres.Driver {
		return "current_schema()"
	}
	return "DATABASE()"
}

// lastVersion is how many migrations this program has.
func lastVersion(t *testing.T, d database) int {
	files, err := fs.Glob(sqlstore.Migrations(d.dialect), "*.sql")
	require.NoError(t, err)
	return len(files)
}

// added migrates the tables as a newer program does.
func added(t *testing.T, d database) { addTo(t, d.open(t), d) }

func addTo(t *testing.T, db *sql.DB, d database) {
	t.Helper()
	var tables []string
	for name := range d.columns(t, db) {
		table, _, _ := strings.Cut(name, ".")
		tables = append(tables, table)
	}
	slices.Sort(tables)
	tables = slices.Compact(tables)
	statements := []string{
		"CREATE TABLE postern_later (id BIGINT NOT NULL PRIMARY KEY)",
		fmt.Sprintf("INSERT INTO postern_migrations (version, name) VALUES (%d, 'later')", lastVersion(t, d)+1),
	}
	for _, table := range tables {
		statements = append(statements, "ALTER TABLE "+table+" ADD COLUMN later VARCHAR(20) NOT NULL DEFAULT ''")
	}
	all, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	for _, statement := range statements {
		statement = strings.Replace(statement, "VARCHAR(20) NOT NULL", map[bool]string{true: "TEXT NOT NULL", false: "VARCHAR(20) NOT NULL"}[d.driver == "sqlite"], 1)
		_, err := all.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
	require.NoError(t, all.Commit())
}

func execute(t *testing.T, d database, statement string, args ...any) error {
	_, err := d.open(t).ExecContext(t.Context(), fmt.Sprintf(statement, args...))
	return err
}

// TestAMigrationThatWaitsHoldsUpNobody has a backup that reads a table, as pg_dump does, while a
// newer version migrates and replicas answer requests.
func TestAMigrationThatWaitsHoldsUpNobody(t *testing.T) {
	d := postgreSQL(t)
	running := d.store(t)
	fill(t, running)
	require.NoError(t, execute(t, d, "DELETE FROM postern_migrations WHERE version > 1"))
	backup := d.outsider(t)
	_, err := backup.ExecContext(t.Context(), "BEGIN; SELECT 1 FROM postern_operators")
	require.NoError(t, err)
	migrated := start(func() error { return d.over(t, d.open(t)).Migrate(t.Context()) })
	d.requireWaiting(t)

	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
	defer cancel()
	_, err = running.FindSession(ctx, store.DigestOf("session"))
	require.NoError(t, err, "it waits for one try")
	require.NoError(t, running.Commit(t.Context(), rename(t, running), event("meanwhile")))
	_, err = backup.ExecContext(t.Context(), "COMMIT")
	require.NoError(t, err)
	require.NoError(t, <-migrated)
}
