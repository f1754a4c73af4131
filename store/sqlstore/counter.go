package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/mysqlerror"
	"github.com/postern-go/postern/store"
)

const selectCounters = `SELECT id, hits, first_at, last_at, expires_at FROM postern_counters WHERE id`

func counterFields(c *store.Counter) []any {
	return []any{&c.Key, &c.Count, at(&c.FirstAt), at(&c.LastAt), at(&c.ExpiresAt)}
}

func scanCounter(r row) (c store.Counter, err error) {
	err = r.Scan(counterFields(&c)...)
	return c, err
}

// FindCounters implements [store.Counters].
func (s *Store) FindCounters(ctx context.Context, keys ...string) ([]store.Counter, error) {
	if len(keys) == 0 {
		return nil, ctx.Err()
	}
	args := make([]any, 0, len(keys))
	for _, key := range keys {
		args = append(args, key)
	}
	found, err := list(ctx, s, scanCounter, eachCounter(slices.Repeat([]string{`?`}, len(keys))), args...)
	return found, s.wrap("find counters", err)
}

// eachCounter returns the query for the counters whose keys are the terms. They are
// looked up one by one, so that the plan does not depend on how big the table was
// when it was made.
func eachCounter(terms []string) string {
	return selectCounters + ` = ` + strings.Join(terms, ` UNION ALL `+selectCounters+` = `)
}

// Hit implements [store.Counters]. If no one else counts under the keys at this
// moment, it takes one statement, and another one to read counters that the caller
// has not seen. Otherwise it waits for its turn.
func (s *Store) Hit(ctx context.Context, now time.Time, hits ...store.Hit) (results []store.HitResult, counted bool, err error) {
	results, counted, err = s.hit(ctx, store.Time(now), hits)
	if err != nil {
		return nil, false, s.wrap("hit counters", err)
	}
	return results, counted, nil
}

func (s *Store) hit(ctx context.Context, now time.Time, hits []store.Hit) ([]store.HitResult, bool, error) {
	if len(hits) == 0 {
		return nil, true, ctx.Err()
	}
	found, complete := seen(hits)
	results, counted := store.DecideHits(now, hits, found)
	if !complete || !counted {
		// Only counters that are read now may refuse an attempt.
		read, err := s.FindCounters(ctx, keysOf(hits)...)
		if err != nil {
			return nil, false, err
		}
		found = byKey(read)
		if results, counted = store.DecideHits(now, hits, found); !counted {
			return results, false, nil
		}
	}
	stored, err := s.countIfUnchanged(ctx, results, found)
	if err != nil || stored {
		return results, true, err
	}
	return s.hitInTurn(ctx, now, hits)
}

// seen returns the counters that the caller has read and found, by key. complete
// reports that the caller has read all.
func seen(hits []store.Hit) (found map[string]store.Counter, complete bool) {
	found = map[string]store.Counter{}
	for _, h := range hits {
		switch {
		case h.Seen.Key != h.Key:
			return nil, false
		case !h.Seen.FirstAt.IsZero():
			found[h.Key] = h.Seen
		}
	}
	return found, true
}

// counterColumns are those of a counter, its key first.
var counterColumns = []string{`id`, `hits`, `first_at`, `last_at`, `expires_at`}

// The parts of [syntax.countUnchanged], around what says which counters are unchanged:
// the ids of held.
var (
	givenCounters = `WITH given (id, hits, first_at, last_at, expires_at, was, was_first_at, was_last_at) AS (VALUES `
	givenCounter  = `(CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT),
		CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT))`
	storeGiven = ` INSERT INTO postern_counters (id, hits, first_at, last_at, expires_at)
		SELECT id, hits, first_at, last_at, expires_at FROM given g
		WHERE (SELECT count(*) FROM held) = ? AND (SELECT count(*) FROM given g
		WHERE (SELECT c.id FROM postern_counters c WHERE c.id = g.id) IS NOT NULL) = ?` +
		onConflict(counterColumns[:1], counterColumns[1:]) + `
		WHERE postern_counters.id IN (SELECT id FROM held)`
)

// countIfUnchanged stores all counters if each is still as it was, and none
// otherwise. It does not wait for locks. If the connection breaks, it is repeated
// and may find its own changes: the attempt then counts twice, but never not at
// all.
func (s *Store) countIfUnchanged(ctx context.Context, results []store.HitResult, was map[string]store.Counter) (bool, error) {
	query := s.dialect.countUnchanged(len(results))
	if query == "" {
		return s.countIfNew(ctx, results, was)
	}
	var args []any
	for _, r := range inOrder(results) {
		c, w := r.Counter, was[r.Counter.Key]
		args = append(args, c.Key, c.Count, c.FirstAt, c.LastAt, c.ExpiresAt, w.Count, w.FirstAt, w.LastAt)
	}
	args = append(args, len(was), len(was))
	stored := int64(0)
	err := s.single(ctx, func(conn *sql.Conn) error {
		if s.dialect.combines {
			return conn.QueryRowContext(ctx, s.sql(query), bind(append(args, len(results)))...).Scan(&stored)
		}
		done, err := conn.ExecContext(ctx, s.sql(query), bind(args)...)
		if err == nil {
			stored, err = done.RowsAffected()
		}
		return err
	})
	if stateOf(err) == "22P02" {
		err = nil
	}
	return stored > 0, err
}

// countIfNew stores all counters if none was there, and still none is, and none
// otherwise: the failed attempts before are forgotten whenever one succeeds.
func (s *Store) countIfNew(ctx context.Context, results []store.HitResult, was map[string]store.Counter) (bool, error) {
	if len(was) > 0 {
		return false, nil
	}
	put := upsert{table: `postern_counters`, columns: counterColumns, keys: 1}
	for _, r := range inOrder(results) {
		put.values = append(put.values, r.Counter.Key, r.Counter.Count, r.Counter.FirstAt, r.Counter.LastAt, r.Counter.ExpiresAt)
	}
	_, err := s.execSingle(ctx, put.insert()+put.row(), put.values...)
	if _, isTaken := mysqlerror.TakenKey(err); isTaken {
		return false, nil
	}
	return err == nil, err
}

// The reasons to roll back a transaction that counts.
var (
	errRefused   = errors.New("an attempt does not pass")
	errMeanwhile = errors.New("a counter was made meanwhile")
)

// hitInTurn counts while it holds the counters.
func (s *Store) hitInTurn(ctx context.Context, now time.Time, hits []store.Hit) (results []store.HitResult, counted bool, err error) {
	for {
		err = s.write(ctx, func(t *tx) error {
			results, err = t.hit(ctx, now, hits)
			return err
		})
		switch {
		case errors.Is(err, errRefused):
			return results, false, nil
		case !errors.Is(err, errMeanwhile):
			return results, true, err
		}
	}
}

// lockCounters locks the counters that exist, in order, and returns them. Those that
// are missing are made afterwards, in order as well, so that no two transactions wait for
// one another. In MySQL they are made first, since whoever makes one there may wait for
// the transaction that deletes it, and that one for a counter that is locked already.
func (t *tx) lockCounters(ctx context.Context, keys []string) (found map[string]store.Counter, err error) {
	d := t.store.dialect
	which, args := in(keys)
	query := d.lock(selectCounters + which + ` ORDER BY id`)
	if d.makesCounters {
		put := upsert{table: `postern_counters`, columns: counterColumns, keys: 1, changed: []string{`id`}}
		for _, key := range keys {
			put.values = append(put.values, key, 0, 0, 0, 0)
		}
		t.put(put)
		if err := t.flush(ctx); err != nil {
			return nil, err
		}
		query = selectCounters + which
	}
	read, err := list(ctx, t, scanCounter, query, args...)
	return byKey(slices.DeleteFunc(read, func(c store.Counter) bool { return c.FirstAt.IsZero() })), err
}

func (t *tx) hit(ctx context.Context, now time.Time, hits []store.Hit) ([]store.HitResult, error) {
	found, err := t.lockCounters(ctx, keysOf(hits))
	if err != nil {
		return nil, err
	}
	results, counted := store.DecideHits(now, hits, found)
	if !counted {
		return results, errRefused
	}
	for _, there := range []bool{false, true} {
		put := upsert{table: `postern_counters`, columns: counterColumns, keys: 1}
		for _, r := range inOrder(results) {
			if _, exists := found[r.Counter.Key]; (exists || t.store.dialect.makesCounters) == there {
				put.values = append(put.values, r.Counter.Key, r.Counter.Count, r.Counter.FirstAt, r.Counter.LastAt, r.Counter.ExpiresAt)
			}
		}
		if len(put.values) == 0 {
			continue
		}
		if there {
			t.put(put)
		} else {
			t.insert(errMeanwhile, put.insert()+put.row(), put.values...).need = put.rows()
		}
		if err := t.flush(ctx); err != nil {
			return nil, err
		}
	}
	return results, nil
}

// inOrder returns the results in the order in which all transactions lock counters.
func inOrder(results []store.HitResult) []store.HitResult {
	return slices.SortedFunc(slices.Values(results), func(a, b store.HitResult) int {
		return strings.Compare(a.Counter.Key, b.Counter.Key)
	})
}

// keysOf returns the keys of attempts in that order.
func keysOf(hits []store.Hit) []string {
	keys := make([]string, 0, len(hits))
	for _, h := range hits {
		keys = append(keys, h.Key)
	}
	slices.Sort(keys)
	return keys
}

func byKey(counters []store.Counter) map[string]store.Counter {
	found := make(map[string]store.Counter, len(counters))
	for _, c := range counters {
		found[c.Key] = c
	}
	return found
}

func (t *tx) unhit(w store.Unhit) {
	for _, key := range w.Keys {
		t.again(nil, key, `UPDATE postern_counters SET hits = hits - 1 WHERE hits > 0 AND id IN (`, `?`, `)`, key)
	}
}

func (t *tx) clearCounter(w store.ClearCounter) {
	t.again(nil, w.Key, `DELETE FROM postern_counters WHERE id IN (`, `?`, `)`, w.Key)
}
