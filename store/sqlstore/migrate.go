package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"
)

//go:embed migrations
var migrations embed.FS

// Migrations returns the migrations of a dialect, for hosts with a schema tool of their
// own: files named 0001_name.up.sql and so on, to be run in order, unedited. goose and
// golang-migrate take them as they are; give them a table of versions of their own, as
// yours has other numbers. Each file notes in postern_migrations that it ran, so that
// [Store.Migrate], if you call it as well, has nothing to do, and [Store.Check] knows what is
// missing. A file that runs again changes nothing. On SQLite, one that makes tables anew fails
// if foreign keys or views of yours refer to them. There is no way down. They name tables
// with [DefaultTablePrefix].
func Migrations(d Dialect) fs.FS {
	files, err := fs.Sub(migrations, path.Join("migrations", d.String()))
	if err != nil {
		panic(err) // the folder is embedded
	}
	return files
}

// unreachable begins the error of a connection that could not be used at all.
const unreachable = "cannot reach the database, or it is not "

// Migrate brings the tables up to date: it runs all missing migrations or, on an error,
// none of them. MySQL and MariaDB commit each statement, so there the next call goes on
// where one that failed ended. It is safe to call from several replicas at once, and waits
// for its locks for a minute. If nothing is missing, it changes nothing and needs no right
// to create tables. It fails with [store.ErrIncompatible] on a database that a newer program
// has migrated so that this one must not use it, and on one that the office could not use,
// as [Store.Check] says.
func (s *Store) Migrate(ctx context.Context) error {
	if _, err := list(ctx, s, value[string], s.dialect.probe); err != nil {
		err = s.mended(fmt.Errorf(unreachable+"%s: %w", s.dialect.name, err))
		if s.dialect.conditionOf(err) == outdated { // of a setting: there are no tables in the probe
			return fmt.Errorf("sqlstore: migrate: %w", err)
		}
		return s.wrap("migrate", err)
	}
	err := s.checkSettings(ctx)
	if err == nil {
		err = s.migrate(ctx)
	}
	if isReadable(err) {
		return nil // see away.go: what needs the tables fails, and says why
	}
	if err == nil {
		err = s.dialect.check(ctx, s)
	}
	return s.wrap("migrate", s.mended(err))
}

// migrate runs all missing migrations, in a transaction.
func (s *Store) migrate(ctx context.Context) error {
	files, err := s.files()
	if err != nil {
		return err
	}
	// Checked first, because an account that cannot create tables cannot even run
	// CREATE TABLE IF NOT EXISTS.
	switch missing, err := s.unmade(ctx, s, files); {
	case err == nil && len(missing) == 0:
		return nil
	case err != nil && s.dialect.conditionOf(err) != outdated:
		return err
	}
	me := strconv.FormatInt(newMark(), 36)
	// What waits for a lock on a table holds up all who come after it, such as the requests of
	// replicas that run. So each wait is short, and there are many.
	for began := time.Now(); ; {
		err := s.transact(ctx, s.dialect.beginMigration, func(t *tx) error { return t.migrate(ctx, files, me) })
		if err == nil || s.dialect.conditionOf(err) != busy || time.Since(began) > migratePatience {
			return err
		}
	}
}

// migratePatience is how long Migrate tries to get its locks.
const migratePatience = time.Minute

// files are the names of all migrations.
func (s *Store) files() ([]string, error) { return fs.Glob(Migrations(Dialect{s.dialect}), "*.sql") }

// checkVersion reports migrations that are missing, and tables that are too new.
func (s *Store) checkVersion(ctx context.Context) error {
	files, err := s.files()
	if err != nil {
		return err
	}
	missing, err := s.unmade(ctx, s, files)
	if err == nil && len(missing) > 0 {
		err = fmt.Errorf("%s did not run yet: call Migrate, or run your schema tool", strings.Join(missing, ", "))
	}
	return err
}

// minVersionSince is the migration that added min_version.
const minVersionSince = 3

// unmade returns the migrations that have not run yet, or why this program must not use the
// tables.
func (s *Store) unmade(ctx context.Context, r reader, files []string) ([]string, error) {
	const query = `SELECT COALESCE(MAX(version), 0) FROM postern_migrations`
	version, err := find(ctx, r, value[int], query)
	if err == nil {
		err = markedBy(ctx, r, version)
	}
	if err != nil {
		return nil, err
	}
	if version >= minVersionSince {
		if err := s.checkFence(ctx, r); err != nil {
			return nil, err
		}
	}
	return files[min(version, len(files)):], nil
}

// migrate runs what is missing. me names this process among those that migrate.
func (t *tx) migrate(ctx context.Context, files []string, me string) error {
	if lock := t.store.dialect.lockMigrations; lock != "" {
		if err := t.lockMigrations(ctx, lock); err != nil {
			return err
		}
		defer t.unlockMigrations(ctx)
	}
	first, err := t.store.statements(files[0])
	if err != nil {
		return err
	}
	// The table of versions, which is read next.
	if _, err := t.conn.ExecContext(ctx, first[0]); err != nil {
		return fmt.Errorf("%s: %w", files[0], err)
	}
	defer t.endTurn(ctx, me)
	if err := t.takeTurn(ctx, me); err != nil {
		return err
	}
	missing, err := t.store.unmade(ctx, t, files)
	if err != nil {
		return err
	}
	for _, name := range missing {
		statements, err := t.store.statements(name)
		if err != nil {
			return err
		}
		for _, statement := range statements {
			if err := t.renewTurn(ctx, me); err != nil {
				return err
			}
			if _, err := t.conn.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return nil
}

func (t *tx) lockMigrations(ctx context.Context, query string) error {
	held, err := find(ctx, t, value[sql.NullString], query)
	if err == nil && t.store.dialect.unlockMigrations != "" && held.String != "1" {
		err = errOthersMigrate
	}
	return err
}

// unlockMigrations lets the next replica migrate, if COMMIT does not. What has been done
// is committed before: whoever comes next must see it.
func (t *tx) unlockMigrations(ctx context.Context) {
	unlock := t.store.dialect.unlockMigrations
	if unlock == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
	defer cancel()
	for _, statement := range []string{"COMMIT", t.store.sql(unlock)} {
		if _, err := t.conn.ExecContext(ctx, statement); err != nil {
			discard(t.conn) // and with it the lock
			return
		}
	}
}

// statements returns those of a migration, for tables with the store's prefix. One of them
// notes that it ran.
func (s *Store) statements(name string) ([]string, error) {
	text, err := fs.ReadFile(Migrations(Dialect{s.dialect}), name)
	if err != nil {
		return nil, err
	}
	return strings.Split(strings.ReplaceAll(string(text), DefaultTablePrefix, s.prefix), "\n\n"), nil
}
