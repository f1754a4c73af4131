package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// copyTables replaces what is in the tables of one database of PostgreSQL by what is
// in those of a file of SQLite, which have the same names and columns.
func copyTables(ctx context.Context, from, to database) error {
	source, err := sql.Open(from.driver, from.dsn)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	target, err := pgx.Connect(ctx, to.dsn)
	if err != nil {
		return err
	}
	defer func() { _ = target.Close(ctx) }()
	// Triggers refuse what is not an office's change.
	if _, err := target.Exec(ctx, "SET session_replication_role = replica"); err != nil {
		return err
	}
	rows, err := target.Query(ctx, `SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position), array_agg(data_type::text ORDER BY ordinal_position)
		FROM information_schema.columns WHERE table_schema = 'public' AND is_generated = 'NEVER' AND table_name <> 'postern_migrations' GROUP BY table_name`)
	if err != nil {
		return err
	}
	type table struct {
		Name           string
		Columns, Types []string
	}
	tables, err := pgx.CollectRows(rows, pgx.RowToStructByPos[table])
	if err != nil {
		return err
	}
	for _, t := range tables {
		if _, err := target.Exec(ctx, "TRUNCATE "+t.Name); err != nil {
			return err
		}
		rows, err := source.QueryContext(ctx, "SELECT "+strings.Join(t.Columns, ", ")+" FROM "+t.Name)
		if err != nil {
			return err
		}
		_, err = target.CopyFrom(ctx, pgx.Identifier{t.Name}, t.Columns, &copied{rows, t.Types})
		if err = errors.Join(err, rows.Err(), rows.Close()); err != nil {
			return fmt.Errorf("copy %s: %w", t.Name, err)
		}
	}
	return nil
}

// copied reads rows of SQLite, which has no booleans, and whose driver makes no
// difference between no bytes and none at all.
type copied struct {
	*sql.Rows
	types []string
}

func (c *copied) Values() ([]any, error) {
	values, to := make([]any, len(c.types)), make([]any, len(c.types))
	for i := range values {
		to[i] = &values[i]
	}
	err := c.Scan(to...)
	for i, v := range values {
		switch v := v.(type) {
		case int64:
			if c.types[i] == "boolean" {
				values[i] = v != 0
			}
		case []byte:
			if v == nil {
				values[i] = []byte{}
			}
		}
	}
	return values, err
}
