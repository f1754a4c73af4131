package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// A command runs in a process of its own. It learns from the database where the
// community was last served, so that its links lead there without -addr.

// keepOrigin keeps where the community is served.
func keepOrigin(ctx context.Context, db *sql.DB, origin string) error {
	_, err := db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS served (id INTEGER PRIMARY KEY CHECK (id = 1), origin TEXT NOT NULL)`)
	if err == nil {
		_, err = db.ExecContext(ctx, `INSERT INTO served (id, origin) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET origin = excluded.origin`, origin)
	}
	if err != nil {
		return fmt.Errorf("keep the address: %w", err)
	}
	return nil
}

// lastOrigin returns what keepOrigin kept, or otherwise if the community was never served.
func lastOrigin(ctx context.Context, o options, otherwise string) (string, error) {
	db, err := openDatabase(o.db, 5*time.Second)
	if err != nil {
		return "", err
	}
	defer db.Close()
	var kept string
	err = db.QueryRowContext(ctx, `SELECT origin FROM served`).Scan(&kept)
	switch {
	case err == nil:
		return kept, nil
	case errors.Is(err, sql.ErrNoRows), strings.Contains(err.Error(), "no such table"):
		return otherwise, nil
	}
	return "", fmt.Errorf("look for the address: %w", err)
}
