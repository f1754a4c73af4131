package main

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"github.com/alexedwards/scs/postgresstore"
	"github.com/alexedwards/scs/sqlite3store"
	"github.com/alexedwards/scs/v2"
)

func guardOnSQLite(ctx context.Context, b *bench) (measurement, error) {
	return guardOn(ctx, b, "SQLite", b.sqlite(), "CREATE TABLE sessions (token TEXT PRIMARY KEY, data BLOB NOT NULL, expiry REAL NOT NULL)",
		func(db *sql.DB) scs.Store { return sqlite3store.NewWithCleanupInterval(db, 0) })
}

func guardOnPostgreSQL(ctx context.Context, b *bench) (measurement, error) {
	d, err := b.postgreSQL(ctx)
	if err != nil {
		return measurement{}, err
	}
	return guardOn(ctx, b, "PostgreSQL", d, "CREATE TABLE sessions (token TEXT PRIMARY KEY, data BYTEA NOT NULL, expiry TIMESTAMPTZ NOT NULL)",
		func(db *sql.DB) scs.Store { return postgresstore.NewWithCleanupInterval(db, 0) })
}

// guardOn compares a page behind the office with one SELECT of the row of a
// session, prepared, under the same kind of context, and with a page behind scs's
// own store, which passes no context, so that its query cannot be given up.
func guardOn(ctx context.Context, b *bench, name string, d database, table string, theirs func(*sql.DB) scs.Store) (measurement, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	db, err := sql.Open(d.driver, d.dsn)
	if err != nil {
		return measurement{}, err
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(4)
	db.SetMaxIdleConns(4)
	st, err := d.store(ctx, db)
	if err != nil {
		return measurement{}, err
	}
	o, err := b.openOffice(ctx, st)
	if err != nil {
		return measurement{}, err
	}
	r, err := o.guarded(ctx)
	if err != nil {
		return measurement{}, err
	}
	if _, err := db.ExecContext(ctx, table); err != nil {
		return measurement{}, err
	}
	m := scs.New()
	m.Store = theirs(db)
	bare, err := oneRow(ctx, db)
	if err != nil {
		return measurement{}, err
	}
	ns, _, err := inTurns(ctx, serving(o.handler, r), bare, scsSession(ctx, m))
	if err != nil {
		return measurement{}, err
	}
	times := ratio(ns[0], ns[1])
	seen := []bar{{"Postern", median(ns[0]) / 1000, true}, {"scs", median(ns[2]) / 1000, false}, {"one SELECT", median(ns[1]) / 1000, false}}
	if name == "SQLite" {
		b.bars.sqlite = seen
	} else {
		b.bars.postgreSQL = seen
	}
	return measurement{
		got:    fmt.Sprintf("%.2f times, %.2f of scs's store", times, ratio(ns[0], ns[2])),
		met:    times <= wantedGuardSQL && (name != "SQLite" || ratio(ns[0], ns[2]) < 1),
		beside: []string{fmt.Sprintf("Postern %s, the SELECT %s, scs %s", micro(ns[0]), micro(ns[1]), micro(ns[2]))},
	}, nil
}

// oneRow measures the SELECT of a session's row.
func oneRow(ctx context.Context, db *sql.DB) (func(*testing.B), error) {
	var digest []byte
	if err := db.QueryRowContext(ctx, "SELECT digest FROM postern_sessions").Scan(&digest); err != nil {
		return nil, err
	}
	// Both databases know $1.
	stmt, err := db.PrepareContext(ctx, "SELECT id, operator_id, created_at, seen_at, ends_at, proved_at, ip, user_agent FROM postern_sessions WHERE digest = $1")
	if err != nil {
		return nil, err
	}
	return func(b *testing.B) {
		for b.Loop() {
			var id, operator, ip, agent string
			var created, seen, ends, proved int64
			if err := stmt.QueryRowContext(ctx, digest).Scan(&id, &operator, &created, &seen, &ends, &proved, &ip, &agent); err != nil {
				b.Fatal(err)
			}
		}
	}, nil
}
