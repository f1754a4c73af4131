package sqlstore

import (
	"context"
	"database/sql"
	"time"

	"github.com/postern-go/postern/internal/mysqlerror"
	"github.com/postern-go/postern/store"
)

// ClaimAnswer implements [store.Answers], in one statement. If the connection breaks, it
// is repeated, and may find its own claim.
func (s *Store) ClaimAnswer(ctx context.Context, now time.Time, a store.Answer) (claimed bool, err error) {
	claim := upsert{
		table: `postern_answers`, columns: []string{`digest`, `claim`, `data`, `expires_at`}, keys: 1,
		values: []any{a.Key, a.Claim, []byte{}, a.ExpiresAt},
		where:  `postern_answers.expires_at <= ? OR postern_answers.claim = excluded.claim`, whereArgs: []any{now},
	}
	n, err := s.putSingle(ctx, claim)
	return n > 0, s.wrap("claim answer", err)
}

// SettleAnswer implements [store.Answers], in one statement.
func (s *Store) SettleAnswer(ctx context.Context, a store.Answer) error {
	const (
		settle = `UPDATE postern_answers SET data = ?, expires_at = ? WHERE digest = ? AND claim = ?`
		drop   = `DELETE FROM postern_answers WHERE digest = ? AND claim = ?`
	)
	var err error
	if len(a.Sealed) == 0 {
		_, err = s.execSingle(ctx, drop, a.Key, a.Claim)
	} else {
		_, err = s.execSingle(ctx, settle, a.Sealed, a.ExpiresAt, a.Key, a.Claim)
	}
	return s.wrap("settle answer", err)
}

// FindAnswer implements [store.Answers].
func (s *Store) FindAnswer(ctx context.Context, key store.Digest) (store.Answer, error) {
	a, err := find(ctx, s, func(r row) (a store.Answer, err error) {
		err = r.Scan(digest(&a.Key), &a.Claim, &a.Sealed, at(&a.ExpiresAt))
		return a, err
	}, `SELECT digest, claim, data, expires_at FROM postern_answers WHERE digest = ?`, key)
	return a, s.wrap("find answer", err)
}

// putSingle sends an upsert on its own, and in MySQL a transaction if the key is taken.
func (s *Store) putSingle(ctx context.Context, u upsert) (n int64, err error) {
	query, args := s.dialect.upsert(u)
	n, err = s.execSingle(ctx, query, args...)
	if _, isTaken := mysqlerror.TakenKey(err); !isTaken {
		return n, err
	}
	err = s.write(ctx, func(t *tx) (err error) {
		put := t.put(u)
		put.need, t.steps = 1, nil
		n, err = s.dialect.run(ctx, t, put)
		return err
	})
	return n, err
}

// execSingle sends one statement that writes, on its own, and returns how many rows it
// changed.
func (s *Store) execSingle(ctx context.Context, query string, args ...any) (n int64, err error) {
	var on *node
	err = s.retry(ctx, func() (err error) {
		on, err = s.node(ctx)
		return err
	})
	if err != nil {
		return 0, err
	}
	err = s.single(ctx, func(conn *sql.Conn) error {
		done, err := conn.ExecContext(ctx, on.waiting(s.sql(query)), bind(args)...)
		if err == nil {
			n, err = done.RowsAffected()
		}
		return err
	})
	if err != nil && s.dialect.readOnlySessions && s.dialect.conditionOf(err) == readOnly {
		err = s.write(ctx, func(t *tx) error {
			n, err = t.exec(ctx, query, args...)
			return err
		})
	}
	return n, err
}
