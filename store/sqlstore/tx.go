package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// tx is a transaction that may write. It has a connection to itself instead of
// a sql.Tx, because SQLite needs BEGIN IMMEDIATE, and COMMIT repeated while
// readers are in the way.
type tx struct {
	store *Store
	conn  *sql.Conn
	node  *node
	batch
}

const (
	// patience is how long a call that finds the database busy is repeated, with
	// waits that double from firstWait to longestWait.
	patience    = 5 * time.Second
	firstWait   = time.Millisecond
	longestWait = 50 * time.Millisecond
	// endTimeout bounds ROLLBACK, and is the least that COMMIT is given: neither
	// ends with the caller's context, because the outcome of a COMMIT that is cut
	// off is unknown.
	endTimeout = 2 * time.Second
)

// final is the error of a COMMIT after which nothing may be repeated.
type final struct{ error }

func (f final) Unwrap() error { return f.error }

// write runs f in a transaction: its changes happen only if f returns nil. It runs
// f again if the transaction certainly did not happen, and trying again makes sense.
func (s *Store) write(ctx context.Context, f func(*tx) error) error {
	return s.transact(ctx, s.dialect.begin, f)
}

// transact is write, with the statements that begin the transaction.
func (s *Store) transact(ctx context.Context, begin []string, f func(*tx) error) error {
	return s.alone(ctx, func() error { return s.try(ctx, begin, f) })
}

// single runs f, which sends one statement that writes, on a connection of its own.
// Unlike a transaction, it is repeated also if it may have happened.
func (s *Store) single(ctx context.Context, f func(*sql.Conn) error) error {
	return s.alone(ctx, func() error {
		conn, err := s.db.Conn(ctx)
		if err != nil {
			return fmt.Errorf("connect to %s: %w", s.dialect.name, err)
		}
		defer func() { _ = conn.Close() }()
		if err = f(conn); err != nil {
			switch s.dialect.conditionOf(err) {
			case lost, readOnly:
				discard(conn)
			}
		}
		return err
	})
}

// alone runs f, which writes, when no one else in the process does if the database
// wants that, and again as retry does.
func (s *Store) alone(ctx context.Context, f func() error) error {
	if s.writer != nil {
		select {
		case s.writer <- struct{}{}:
			defer func() { <-s.writer }()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return s.retry(ctx, f)
}

// retry calls f, and calls it again as the condition of the database demands. Of
// what f does, nothing may have happened when it fails, unless its error is final.
func (s *Store) retry(ctx context.Context, f func() error) error {
	began, wait, others := time.Now(), firstWait, -1
	for {
		err := f()
		if err == nil || errors.As(err, new(final)) {
			return err
		}
		if ended := ctx.Err(); ended != nil {
			if errors.Is(err, ended) {
				return err
			}
			// Drivers report it in their own words, including "bad connection".
			return fmt.Errorf("%w: %w", ended, err)
		}
		switch s.dialect.conditionOf(err) {
		case outdated:
			return s.gone(ctx, err)
		case lost:
			s.known.Store(nil) // The next server may be another one.
			// The rest of the pool may be as dead. Each try takes one of them out,
			// and then there is a new one.
			if others < 0 {
				others = s.db.Stats().OpenConnections + 1
			}
		case readOnly:
			// Just once: if the whole database is read-only, this costs a connection.
			if others < 0 {
				others = 1
			}
		case busy:
			if time.Since(began) >= patience {
				return fmt.Errorf("gave up after %v: %w", time.Since(began).Round(time.Millisecond), err)
			}
			timer := time.NewTimer(wait)
			select {
			case <-timer.C:
			case <-ctx.Done():
				timer.Stop()
				return fmt.Errorf("%w, while waiting: %w", ctx.Err(), err)
			}
			wait = min(2*wait, longestWait)
			continue
		default:
			return err
		}
		if others--; others < 0 {
			return err
		}
	}
}

// try runs f in a transaction, once.
func (s *Store) try(ctx context.Context, begin []string, f func(*tx) error) error {
	n, err := s.node(ctx)
	if err != nil {
		return err
	}
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect to %s: %w", s.dialect.name, err)
	}
	defer func() { _ = conn.Close() }()
	for i, statement := range begin {
		if i == len(begin)-1 {
			statement = n.waiting(statement)
		}
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			if s.dialect.conditionOf(err) != busy {
				discard(conn)
			}
			return fmt.Errorf("begin in %s: %w", s.dialect.name, err)
		}
	}
	open := true
	defer func() { // also if f panics
		if open {
			s.rollback(ctx, conn, err)
		}
	}()
	if err = f(&tx{store: s, conn: conn, node: n}); err != nil {
		return err
	}
	if err = ctx.Err(); err != nil {
		return err
	}
	if err = s.commit(ctx, conn); err != nil {
		return err
	}
	open = false
	return nil
}

// commit commits. If it fails because the connection broke, the outcome is
// unknown, so it is not repeated.
func (s *Store) commit(ctx context.Context, conn *sql.Conn) error {
	limit := patience
	if deadline, ok := ctx.Deadline(); ok {
		limit = max(time.Until(deadline), endTimeout)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	commit := func() error {
		_, err := conn.ExecContext(ctx, "COMMIT")
		if err == nil || s.dialect.undone(err) {
			return err
		}
		return final{fmt.Errorf("commit, outcome unknown: %w", err)}
	}
	if !s.dialect.recommit {
		return commit()
	}
	if err := s.retry(ctx, commit); err != nil {
		return final{err}
	}
	return nil
}

// rollback rolls back after an error, or nil after a panic, and discards the
// connection if it is no longer of use.
func (s *Store) rollback(ctx context.Context, conn *sql.Conn, after error) {
	if after != nil {
		switch s.dialect.conditionOf(after) {
		case lost, readOnly:
			discard(conn)
			return
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
	defer cancel()
	if _, err := conn.ExecContext(ctx, "ROLLBACK"); err != nil {
		discard(conn) // with the transaction, if there still is one
	}
}

// discard prevents a connection from returning to the pool.
func discard(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
}

func (t *tx) rows(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	if err := t.flushBefore(ctx, query); err != nil {
		return nil, err
	}
	statement, args, err := t.statement(query, args)
	if err != nil {
		return nil, err
	}
	return t.conn.QueryContext(ctx, statement, args...)
}

// retry does not retry: a failed statement fails its transaction.
func (t *tx) retry(_ context.Context, f func() error) error { return f() }

// exec sends a statement, after those that wait, and returns how many rows it changed.
func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := t.flush(ctx); err != nil {
		return 0, err
	}
	return t.store.dialect.run(ctx, t, &step{query: query, args: args, need: 1})
}

// execute sends a statement as it is, and returns how many rows the driver says it changed.
func (t *tx) execute(ctx context.Context, query string, args []any) (int64, error) {
	statement, args, err := t.statement(query, args)
	if err != nil {
		return 0, err
	}
	done, err := t.conn.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}
