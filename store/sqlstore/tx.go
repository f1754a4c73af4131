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
}

// How often, and how long, to wait for others: with waits that double from
// firstWait to longestWait, maxTries take about ten seconds.
const (
	maxTries    = 200
	firstWait   = time.Millisecond
	longestWait = 50 * time.Millisecond
)

// endTimeout bounds COMMIT and ROLLBACK, which do not end with the caller's
// context: if a transaction is cut off there, its outcome is unknown.
const endTimeout = 10 * time.Second

// final is an error after which nothing may be retried.
type final struct{ error }

func (f final) Unwrap() error { return f.error }

// write runs f in a transaction: its changes happen only if f returns nil. It runs
// f again if the database asks for that.
func (s *Store) write(ctx context.Context, f func(*tx) error) error {
	if s.writer != nil {
		select {
		case s.writer <- struct{}{}:
			defer func() { <-s.writer }()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return s.retry(ctx, func() error { return s.try(ctx, f) })
}

func (s *Store) retry(ctx context.Context, f func() error) error {
	wait := firstWait
	for n := 1; ; n++ {
		err := f()
		if err == nil || errors.As(err, new(final)) {
			return err
		}
		if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
			// Drivers report it in their own words, including "bad connection".
			return final{fmt.Errorf("%w: %w", ended, err)}
		}
		if !s.dialect.again(err) {
			return err
		}
		if n == maxTries {
			return final{fmt.Errorf("gave up after %d tries: %w", n, err)}
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return final{fmt.Errorf("%w, while waiting: %w", ctx.Err(), err)}
		}
		wait = min(2*wait, longestWait)
	}
}

// try runs f in a transaction, once.
func (s *Store) try(ctx context.Context, f func(*tx) error) error {
	conn, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	open := true
	defer func() { // also if f panics
		if open {
			rollback(ctx, conn)
		}
	}()
	if err := f(&tx{s, conn}); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.commit(ctx, conn); err != nil {
		return err
	}
	open = false
	return nil
}

// begin returns a connection with a transaction on it. Connections that died
// in the pool are replaced, as sql.DB does automatically elsewhere.
func (s *Store) begin(ctx context.Context) (*sql.Conn, error) {
	for n := 1; ; n++ {
		conn, err := s.db.Conn(ctx)
		if err != nil {
			return nil, err
		}
		_, err = conn.ExecContext(ctx, s.dialect.begin)
		if err == nil {
			return conn, nil
		}
		if !s.dialect.again(err) {
			discard(conn)
		}
		_ = conn.Close()
		if n == maxTries || !errors.Is(err, driver.ErrBadConn) {
			return nil, fmt.Errorf("begin in %s: %w", s.dialect.name, err)
		}
	}
}

// commit commits. If it fails because the connection broke, the outcome is
// unknown, so it is not retried.
func (s *Store) commit(ctx context.Context, conn *sql.Conn) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
	defer cancel()
	commit := func() error {
		_, err := conn.ExecContext(ctx, "COMMIT")
		return err
	}
	if s.dialect.recommit {
		if err := s.retry(ctx, commit); err != nil {
			return final{fmt.Errorf("commit: %w", err)}
		}
		return nil
	}
	err := commit()
	if err != nil && !s.dialect.again(err) {
		return final{fmt.Errorf("commit, outcome unknown: %w", err)}
	}
	return err
}

func rollback(ctx context.Context, conn *sql.Conn) {
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
	return t.conn.QueryContext(ctx, t.store.sql(query), bind(args)...)
}

// retry does not retry: a failed statement fails its transaction.
func (t *tx) retry(_ context.Context, f func() error) error { return f() }

// exec runs a statement and returns how many rows it changed.
func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	done, err := t.conn.ExecContext(ctx, t.store.sql(query), bind(args)...)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// must runs a statement whose condition is a precondition: if it changes no row,
// must returns the error otherwise.
func (t *tx) must(ctx context.Context, otherwise error, query string, args ...any) error {
	n, err := t.exec(ctx, query, args...)
	if err == nil && n == 0 {
		err = otherwise
	}
	return err
}
