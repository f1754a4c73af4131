package sqlstore

import (
	"context"
	"errors"
	"time"

	"github.com/postern-go/postern/internal/mysqlerror"
)

// In a cluster, one process migrates at a time. GET_LOCK is known to its own node alone,
// and two nodes that make triggers on the same table at once can wait for each other
// forever. So whoever migrates has a row of the table of versions, as version 0, which it
// renews before each statement. One that has died has its turn taken away. While a statement
// runs that takes longer than that, nobody can take it: the cluster commits nothing
// meanwhile.

const (
	// turnLasts is how old the row may be, in seconds of the database's clock.
	turnLasts = "30"
	turnWait  = time.Minute
	turnPause = 100 * time.Millisecond
)

var errOthersTurn = errors.New("another process has been migrating this database for a minute; try again when it is done")

// takeTurn waits until nobody else migrates.
func (t *tx) takeTurn(ctx context.Context, me string) error {
	if !t.node.touches {
		return nil
	}
	const (
		first = `INSERT INTO postern_migrations (version, name) VALUES (0, ?)`
		next  = `UPDATE postern_migrations SET name = ?, migrated_at = CURRENT_TIMESTAMP
			WHERE version = 0 AND (name = ? OR migrated_at < CURRENT_TIMESTAMP - INTERVAL ` + turnLasts + ` SECOND)`
	)
	for limit := time.Now().Add(turnWait); ; {
		_, err := t.commitOne(ctx, first, me)
		if _, taken := mysqlerror.TakenKey(err); !taken {
			return err
		}
		if n, err := t.commitOne(ctx, next, me, me); err != nil || n > 0 {
			return err
		}
		if time.Now().After(limit) {
			return errOthersTurn
		}
		select {
		case <-time.After(turnPause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// renewTurn fails if another process has taken over.
func (t *tx) renewTurn(ctx context.Context, me string) error {
	if !t.node.touches {
		return nil
	}
	// The time may be the same as before, which would count as no change.
	const renew = `UPDATE postern_migrations SET migrated_at = CURRENT_TIMESTAMP + INTERVAL (migrated_at = CURRENT_TIMESTAMP) SECOND
		WHERE version = 0 AND name = ?`
	n, err := t.commitOne(ctx, renew, me)
	if err == nil && n == 0 {
		err = errors.New("another process has taken over migrating this database; try again when it is done")
	}
	return err
}

// endTurn lets the next process migrate.
func (t *tx) endTurn(ctx context.Context, me string) {
	if !t.node.touches {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
	defer cancel()
	// Whoever waits takes over if this fails.
	_, _ = t.commitOne(ctx, `DELETE FROM postern_migrations WHERE version = 0 AND name = ?`, me)
}

// commitOne commits one statement, and returns how many rows it changed.
func (t *tx) commitOne(ctx context.Context, query string, args ...any) (int64, error) {
	statement, args, err := t.statement(query, args)
	if err != nil {
		return 0, err
	}
	var n int64
	err = t.store.retry(ctx, func() error {
		done, err := t.conn.ExecContext(ctx, statement, args...)
		if err != nil {
			return err
		}
		if n, err = done.RowsAffected(); err != nil {
			return err
		}
		_, err = t.conn.ExecContext(ctx, "COMMIT")
		return err
	})
	return n, err
}
