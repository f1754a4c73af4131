package sqlstore_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store/sqlstore"
)

// nowhere is a database that cannot be reached.
type nowhere struct{}

var errNowhere = errors.New("nobody answers")

func (nowhere) Connect(context.Context) (driver.Conn, error) { return nil, errNowhere }
func (nowhere) Driver() driver.Driver                        { return nil }

func TestNew(t *testing.T) {
	db := sql.OpenDB(nowhere{})
	t.Cleanup(func() { require.NoError(t, db.Close()) })

	t.Run("asks the database nothing", func(t *testing.T) {
		_, err := sqlstore.New(db, sqlstore.SQLite(), sqlstore.Config{})
		require.NoError(t, err)
	})
	t.Run("names everything that is wrong", func(t *testing.T) {
		_, err := sqlstore.New(nil, sqlstore.Dialect{}, sqlstore.Config{TablePrefix: "No!"})
		require.ErrorContains(t, err, "the database is nil")
		require.ErrorContains(t, err, "no dialect")
		require.ErrorContains(t, err, `TablePrefix "No!"`)
	})
	for _, prefix := range []string{
		"Postern_", "1st_", "_", "a-b", "a b", "a;", `a"`, "a.b", "café_", "office_of_the_community_x",
		"x_pre_", "x_new_", "x_y_aside_",
	} {
		t.Run("refuses the prefix "+prefix, func(t *testing.T) {
			_, err := sqlstore.New(db, sqlstore.PostgreSQL(), sqlstore.Config{TablePrefix: prefix})
			require.ErrorContains(t, err, "TablePrefix")
		})
	}
}

func TestDatabaseOutOfReach(t *testing.T) {
	db := sql.OpenDB(nowhere{})
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	s, err := sqlstore.New(db, sqlstore.PostgreSQL(), sqlstore.Config{})
	require.NoError(t, err)

	t.Run("fails a read", func(t *testing.T) {
		_, err := s.HasOperators(t.Context())
		require.ErrorIs(t, err, errNowhere)
	})
	t.Run("fails a commit", func(t *testing.T) {
		require.ErrorIs(t, s.Commit(t.Context()), errNowhere)
	})
	t.Run("fails a migration", func(t *testing.T) {
		require.ErrorIs(t, s.Migrate(t.Context()), errNowhere)
	})
}

// quoting is a driver that quotes a data source name that it cannot read, as net/url does.
type quoting struct{}

func (quoting) Open(name string) (driver.Conn, error) {
	return nil, fmt.Errorf("parse %q: %s: %w", name, name, errNowhere)
}

func TestOpenShowsNoPassword(t *testing.T) {
	sql.Register("quoting", quoting{})
	for source, shown := range map[string]bool{
		`postgres://office:hun"ter#2@db.example/office`: false, "host=db.example Password=hunter2": false, "/srv/office.db": true,
	} {
		s := sqlstore.Open(sqlstore.PostgreSQL(), "quoting", source)
		err := s.Open(t.Context())
		require.ErrorIs(t, err, errNowhere)
		require.ErrorContains(t, err, "parse")
		require.NotContains(t, err.Error(), "hun")
		require.Equal(t, shown, strings.Contains(err.Error(), source))
		require.NoError(t, s.Close())
	}
}

func TestMigrations(t *testing.T) {
	reference := names(t, sqlstore.SQLite())
	require.NotEmpty(t, reference)
	for name, dialect := range map[string]sqlstore.Dialect{
		"SQLite": sqlstore.SQLite(), "PostgreSQL": sqlstore.PostgreSQL(), "MySQL": sqlstore.MySQL(),
	} {
		t.Run(name+" has the same ones as the others, numbered from one", func(t *testing.T) {
			files := names(t, dialect)
			require.Equal(t, reference, files)
			for i, file := range files {
				require.True(t, strings.HasPrefix(file, fmt.Sprintf("%04d_", i+1)), file)
				require.True(t, strings.HasSuffix(file, ".up.sql"), "golang-migrate wants it: %s", file)
				text, err := fs.ReadFile(sqlstore.Migrations(dialect), file)
				require.NoError(t, err)
				require.True(t, strings.HasPrefix(string(text), "-- +goose Up\n"), "goose wants it: %s", file)
				require.NotContains(t, string(text), "goose Down", "golang-migrate would run it as well: %s", file)
				insert, otherwise := "INSERT", " ON CONFLICT DO NOTHING"
				if name == "MySQL" {
					insert, otherwise = "INSERT IGNORE", ""
				}
				require.True(t, strings.HasSuffix(string(text), fmt.Sprintf("%s INTO postern_migrations (version, name) VALUES (%d, '%s')%s;\n",
					insert, i+1, strings.TrimSuffix(file[5:], ".up.sql"), otherwise)), "it notes that it ran, once it did")
			}
		})
		t.Run(name+" has a statement between every two empty lines", func(t *testing.T) {
			for _, file := range names(t, dialect) {
				text, err := fs.ReadFile(sqlstore.Migrations(dialect), file)
				require.NoError(t, err)
				for _, statement := range strings.Split(string(text), "\n\n") {
					statement = strings.TrimSuffix(strings.TrimRight(statement, "\n"), "\n-- +goose StatementEnd")
					require.True(t, strings.HasSuffix(statement, ";"), "%s: %s", file, statement)
				}
			}
		})
	}
}

func names(t *testing.T, d sqlstore.Dialect) []string {
	t.Helper()
	files, err := fs.Glob(sqlstore.Migrations(d), "*")
	require.NoError(t, err)
	return files
}

// Of two prefixes one may begin with the other. Whatever follows in the longer one, no name of
// ours begins with it, or it is refused.
func TestPrefixesLeadToTablesOfTheirOwn(t *testing.T) {
	named := regexp.MustCompile(`postern_([a-z_]+)`)
	names := map[string]bool{}
	for _, d := range []sqlstore.Dialect{sqlstore.SQLite(), sqlstore.PostgreSQL(), sqlstore.MySQL()} {
		require.NoError(t, fs.WalkDir(sqlstore.Migrations(d), ".", func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			text, err := fs.ReadFile(sqlstore.Migrations(d), name)
			for _, found := range named.FindAllStringSubmatch(string(text), -1) {
				names[found[1]] = true
			}
			return err
		}))
	}
	require.Greater(t, len(names), 50)
	db := sql.OpenDB(nowhere{})
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	for long := range names {
		for short := range names {
			between, ends := strings.CutSuffix(long, short)
			if !ends || !strings.HasSuffix(between, "_") {
				continue
			}
			_, err := sqlstore.New(db, sqlstore.SQLite(), sqlstore.Config{TablePrefix: "x_" + between})
			require.ErrorContains(t, err, "must not end in", "%s is %s and %s", long, between, short)
		}
	}
}
