package stores_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/golang-migrate/migrate/v4"
	driver "github.com/golang-migrate/migrate/v4/database"
	"github.com/golang-migrate/migrate/v4/database/mysql"
	"github.com/golang-migrate/migrate/v4/database/pgx/v5"
	"github.com/golang-migrate/migrate/v4/database/sqlite"
	"github.com/golang-migrate/migrate/v4/source/iofs"
	"github.com/pressly/goose/v3"
	versions "github.com/pressly/goose/v3/database"
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/mariadb"
	"github.com/postern-go/postern/tests/postgres"
)

// tool is a schema tool that a host already has.
type tool interface {
	Up() error
	Down() error
	Version() (int64, error)
}

type gooseTool struct {
	t        *testing.T
	provider *goose.Provider
}

// newGoose is goose with a table of versions of its own, because the host's migrations have
// other numbers.
func newGoose(t *testing.T, d database, files fs.FS) tool {
	kind := each(d, goose.DialectSQLite3, goose.DialectPostgres, goose.DialectMySQL)
	table, err := versions.NewStore(kind, "office_goose")
	require.NoError(t, err)
	provider, err := goose.NewProvider("", d.open(t), files, goose.WithStore(table))
	require.NoError(t, err)
	return gooseTool{t, provider}
}

func (g gooseTool) Up() error {
	_, err := g.provider.Up(g.t.Context())
	return err
}

func (g gooseTool) Down() error {
	_, err := g.provider.Down(g.t.Context())
	return err
}

func (g gooseTool) Version() (int64, error) { return g.provider.GetDBVersion(g.t.Context()) }

type migrateTool struct{ *migrate.Migrate }

func newMigrate(t *testing.T, d database, files fs.FS) tool {
	source, err := iofs.New(files, ".")
	require.NoError(t, err)
	var into driver.Driver
	switch d.driver {
	case postgres.Driver:
		into, err = pgx.WithInstance(d.open(t), &pgx.Config{MigrationsTable: "office_migrate"})
	case mariadb.Driver: // it sends a file at once
		into, err = mysql.WithInstance(d.with("multiStatements=true").open(t), &mysql.Config{MigrationsTable: "office_migrate"})
	default:
		into, err = sqlite.WithInstance(d.open(t), &sqlite.Config{MigrationsTable: "office_migrate"})
	}
	require.NoError(t, err)
	m, err := migrate.NewWithInstance("iofs", source, d.driver, into)
	require.NoError(t, err)
	t.Cleanup(func() { _, _ = m.Close() })
	return migrateTool{m}
}

func (m migrateTool) Up() error {
	if err := m.Migrate.Up(); !errors.Is(err, migrate.ErrNoChange) {
		return err
	}
	return nil
}

func (m migrateTool) Version() (int64, error) {
	version, _, err := m.Migrate.Version()
	return int64(version), err
}

func TestSchemaToolsOfTheHost(t *testing.T) {
	for _, kind := range databases {
		ours := kind.make(t)
		ours.store(t)
		want := ours.schema(t)
		for name, open := range map[string]func(*testing.T, database, fs.FS) tool{"goose": newGoose, "golang-migrate": newMigrate} {
			t.Run(kind.name+", "+name, func(t *testing.T) {
				d := kind.make(t)
				s := d.over(t, d.open(t))
				require.ErrorContains(t, s.Check(t.Context()), "call Migrate", "too early")
				files := sqlstore.Migrations(d.dialect)
				names, err := fs.Glob(files, "*")
				require.NoError(t, err)

				tool := open(t, d, files)
				require.NoError(t, tool.Up())
				require.NoError(t, s.Check(t.Context()))
				require.NoError(t, s.Migrate(t.Context()), "nothing is left to do")
				fill(t, s)
				require.NoError(t, tool.Up())
				version, err := tool.Version()
				require.NoError(t, err)
				require.EqualValues(t, len(names), version)
				has(t, d, want)

				// There is no way down: the tool forgets the version, and the data stays.
				require.NoError(t, tool.Down())
				_, err = s.FindOperator(t.Context(), "ada")
				require.NoError(t, err)
				require.NoError(t, tool.Up())
				require.NoError(t, s.Check(t.Context()))
			})
			t.Run(kind.name+", "+name+" after Migrate", func(t *testing.T) {
				d := kind.make(t)
				s := d.store(t)
				fill(t, s)
				before := d.schema(t)
				tool := open(t, d, sqlstore.Migrations(d.dialect))
				require.NoError(t, tool.Up())
				require.NoError(t, s.Check(t.Context()))
				has(t, d, before)
				_, err := s.FindOperator(t.Context(), "ada")
				require.NoError(t, err)
			})
		}
	}
}

// has requires what is in a schema; the tool's own table is there as well.
func has(t *testing.T, d database, schema string) {
	t.Helper()
	is := d.schema(t)
	for line := range strings.Lines(schema) {
		require.Contains(t, is, line)
	}
}
