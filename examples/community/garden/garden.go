package garden

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"github.com/postern-go/postern/password"
)

// Name is what the community calls itself.
const Name = "Riverside Community Garden"

// ErrNotFound says that there is no such member, session or post.
var ErrNotFound = errors.New("not found")

//go:embed schema.sql
var schema string

// Config is what New needs; every field is required.
type Config struct {
	// DB is an SQLite database. Its foreign keys must be switched on.
	DB     *sql.DB
	Hasher *password.Hasher
	// Origin is the community's own address. No password may be made from it.
	Origin string
	Now    func() time.Time
}

// Garden is the community's data. It is safe for concurrent use.
type Garden struct {
	db     *sql.DB
	hasher *password.Hasher
	policy password.Policy
	origin string
	now    func() time.Time
}

// New returns the community's data in cfg.DB, and makes the tables and the
// first posts where they are missing.
func New(ctx context.Context, cfg Config) (*Garden, error) {
	g := &Garden{db: cfg.DB, hasher: cfg.Hasher, policy: password.DefaultPolicy(), origin: cfg.Origin, now: cfg.Now}
	err := g.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, schema); err != nil {
			return err
		}
		return g.seed(ctx, tx)
	})
	if err != nil {
		return nil, fmt.Errorf("make the community's tables: %w", err)
	}
	return g, nil
}

// change runs a transaction: all of it happens, or none.
func (g *Garden) change(ctx context.Context, work func(*sql.Tx) error) error {
	tx, err := g.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := work(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// one turns "no rows" into ErrNotFound.
func one(operation string, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("%s: %w", operation, err)
	}
	return nil
}
