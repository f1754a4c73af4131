package sqlstore

import (
	"context"
	"slices"

	"github.com/postern-go/postern/store"
)

// maxListedBrowsers is the maximum number of browsers that ListBrowsers returns.
const maxListedBrowsers = 100

func browserFields(b *store.Browser) []any {
	return []any{
		digest(&b.Digest), digest(&b.Previous), &b.ID, &b.OperatorID, at(&b.CreatedAt), at(&b.SeenAt), &b.IP, &b.UserAgent,
	}
}

func scanBrowser(r row) (b store.Browser, err error) {
	err = r.Scan(browserFields(&b)...)
	return b, err
}

// ListBrowsers implements [store.Browsers].
func (s *Store) ListBrowsers(ctx context.Context, operatorID string) ([]store.Browser, error) {
	const query = `SELECT digest, previous, id, operator_id, created_at, seen_at, ip, user_agent FROM postern_browsers
		WHERE operator_id = ? ORDER BY seen_at DESC, id LIMIT ?`
	found, err := list(ctx, s, scanBrowser, query, operatorID, maxListedBrowsers)
	return found, s.wrap("list browsers", err)
}

// foundBy returns the condition that a browser is found by one of the digests, and its
// arguments.
func foundBy(digests []store.Digest) (condition string, args []any) {
	digests = slices.DeleteFunc(slices.Clone(digests), store.Digest.IsZero)
	if len(digests) == 0 {
		return `b.id IS NULL`, nil
	}
	which, args := in(digests)
	return `(b.digest` + which + ` OR b.previous` + which + `)`, append(args, args...)
}

func (t *tx) putBrowser(ctx context.Context, w store.PutBrowser) error {
	b := w.Browser
	if err := t.requireOperator(ctx, b.OperatorID); err != nil {
		return err
	}
	s := t.put(upsert{
		table: `postern_browsers`, columns: []string{`id`, `digest`, `previous`, `operator_id`, `created_at`, `seen_at`, `ip`, `user_agent`}, keys: 1,
		values: []any{b.ID, b.Digest, b.Previous, b.OperatorID, b.CreatedAt, b.SeenAt, b.IP, b.UserAgent},
		from:   t.store.dialect.unless(`SELECT 1 FROM postern_browsers x WHERE x.digest = ? AND x.id <> ?`), fromArgs: []any{b.Digest, b.ID},
		where: `postern_browsers.operator_id = excluded.operator_id`,
	})
	s.need, s.otherwise = 1, store.ErrExists
	if w.Keep > 0 {
		t.then(`DELETE FROM postern_browsers WHERE id IN (SELECT y.id FROM (SELECT x.id FROM postern_browsers x
			WHERE x.operator_id = ? AND x.id <> ? ORDER BY x.seen_at DESC, x.id LIMIT 1000000 OFFSET ?) y)`,
			b.OperatorID, b.ID, w.Keep-1).apart = true
	}
	return nil
}

func (t *tx) deleteBrowsers(w store.DeleteBrowsers) {
	const (
		one    = `DELETE FROM postern_browsers WHERE operator_id = ? AND id = ?`
		others = `DELETE FROM postern_browsers WHERE operator_id = ? AND id <> ?`
	)
	query, id := one, w.ID
	if w.All {
		query, id = others, w.Except
	}
	if s := t.then(query, w.OperatorID, id); w.MustExist {
		s.need, s.otherwise = 1, store.ErrNotFound
	}
}
