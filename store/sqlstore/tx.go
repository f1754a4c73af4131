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
// firstWait to longestWait, maxTries come to about ten seconds.
const (
	maxTries    = 200
	firstWait   = time.Millisecond
	longestWait = 50 * time.Millisecond
)

// endTimeout bounds COMMIT and ROLLBACK, which do not end with the caller's
// context: a transaction that is cut off there leaves nobody knowing whether it
// happened.
const endTimeout = 10 * time.Second

// final is an error after which nothing may be tried again.
type final struct{ error }

func (f final) Unwrap() error { return f.error }

// write runs f in a transaction: what f does happens when it returns nil, and
// otherwise does not. It runs f again when the database asks for that.
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
			// Drivers say it in words of their own, "bad connection" included.
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
	defer func() { // also when f panics
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

// begin returns a connection with a transaction on it. Connections that have
// died in the pool are replaced, as sql.DB does by itself elsewhere.
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

// commit commits. When it fails because the connection broke, nobody knows
// whether the transaction happened, so it is not tried again.
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
		discard(conn) // with the transaction, should there still be one
	}
}

// discard keeps a connection from going back to the pool.
func discard(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
}

func (t *tx) rows(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	return t.conn.QueryContext(ctx, t.store.sql(query), bind(args)...)
}

// retry does not: a statement that failed has failed its transaction.
func (t *tx) retry(_ context.Context, f func() error) error { return f() }

// exec runs a statement and returns how many rows it changed.
func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	done, err := t.conn.ExecContext(ctx, t.store.sql(query), bind(args)...)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// must runs a statement whose condition is a precondition: when it changes no
// row, the error is otherwise.
func (t *tx) must(ctx context.Context, otherwise error, query string, args ...any) error {
	n, err := t.exec(ctx, query, args...)
	if err == nil && n == 0 {
		err = otherwise
	}
	return err
}
