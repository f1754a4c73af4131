package guide

import (
	"context"
	"database/sql"
	"errors"

	"github.com/golang-migrate/migrate/v4"
	"github.com/golang-migrate/migrate/v4/database/pgx/v5"
	"github.com/golang-migrate/migrate/v4/source/iofs"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"github.com/postern-go/postern/store/sqlstore"
)

// UpByGoose runs the migrations with goose.
func UpByGoose(ctx context.Context, db *sql.DB) error {
	// begin goose
	versions, err := database.NewStore(goose.DialectPostgres, "postern_goose") // not the table of your own migrations
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider("", db, sqlstore.Migrations(sqlstore.PostgreSQL()), goose.WithStore(versions))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	// end goose
	return err
}

// UpByMigrate runs the migrations with golang-migrate.
func UpByMigrate(db *sql.DB) error {
	// begin golang-migrate
	files, err := iofs.New(sqlstore.Migrations(sqlstore.PostgreSQL()), ".")
	if err != nil {
		return err
	}
	into, err := pgx.WithInstance(db, &pgx.Config{MigrationsTable: "postern_migrate"}) // not that of your own migrations
	if err != nil {
		return err
	}
	tool, err := migrate.NewWithInstance("iofs", files, "postgres", into)
	if err != nil {
		return err
	}
	if err := tool.Up(); err != nil && !errors.Is(err, migrate.ErrNoChange) {
		return err
	}
	// end golang-migrate
	return nil
}
