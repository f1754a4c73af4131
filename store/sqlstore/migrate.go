package sqlstore

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed migrations
var migrations embed.FS

// Migrations returns the migrations of a dialect, for hosts with a schema tool of
// their own: files named 0001_name.sql and so on, to be run in order, each once,
// unedited. They name tables with [DefaultTablePrefix]. Use either
// [Store.Migrate], or these and [Store.Check].
func Migrations(d Dialect) fs.FS {
	files, err := fs.Sub(migrations, path.Join("migrations", d.name))
	if err != nil {
		panic(err) // the folder is embedded
	}
	return files
}

// Migrate brings the tables up to date: it runs all missing migrations, or, on
// an error, none of them. It is safe to call from several replicas at once. If
// nothing is missing, it does nothing and needs no right to create tables. It
// fails on a database that a newer program has migrated, and on one that the office
// could not use, as [Store.Check] says.
func (s *Store) Migrate(ctx context.Context) error {
	if _, err := list(ctx, s, value[string], s.dialect.probe); err != nil {
		return s.wrap("migrate", s.mended(fmt.Errorf("cannot reach the database, or it is not %s: %w", s.dialect.name, err)))
	}
	err := s.checkSettings(ctx)
	if err == nil {
		err = s.migrate(ctx)
	}
	if err == nil {
		err = s.dialect.check(ctx, s)
	}
	return s.wrap("migrate", s.mended(err))
}

// migrate runs all missing migrations, or none.
func (s *Store) migrate(ctx context.Context) error {
	files, err := fs.Glob(Migrations(s.dialect), "*.sql")
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
	return s.transact(ctx, s.dialect.beginMigration, func(t *tx) error { return t.migrate(ctx, files) })
}

// unmade returns the migrations that have not run yet.
func (s *Store) unmade(ctx context.Context, r reader, files []string) ([]string, error) {
	const query = `SELECT COALESCE(MAX(version), 0) FROM postern_migrations`
	version, err := find(ctx, r, value[int], query)
	if err != nil {
		return nil, err
	}
	if version > len(files) {
		return nil, fmt.Errorf("the database is at version %d, but this program knows %d: run a newer program", version, len(files))
	}
	return files[version:], nil
}

func (t *tx) migrate(ctx context.Context, files []string) error {
	const (
		create = `CREATE TABLE IF NOT EXISTS postern_migrations (
			version BIGINT NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL,
			migrated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)`
		record = `INSERT INTO postern_migrations (version, name) VALUES (?, ?)`
	)
	for _, query := range []string{t.store.dialect.lockMigrations, create} {
		if query == "" {
			continue
		}
		if _, err := t.exec(ctx, query); err != nil {
			return err
		}
	}
	missing, err := t.store.unmade(ctx, t, files)
	if err != nil {
		return err
	}
	made := len(files) - len(missing)
	for i, name := range missing {
		text, err := fs.ReadFile(Migrations(t.store.dialect), name)
		if err != nil {
			return err
		}
		for _, statement := range strings.Split(string(text), "\n\n") {
			statement = strings.ReplaceAll(statement, DefaultTablePrefix, t.store.prefix)
			if _, err := t.conn.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		if _, err := t.exec(ctx, record, made+i+1, name); err != nil {
			return err
		}
	}
	return nil
}
