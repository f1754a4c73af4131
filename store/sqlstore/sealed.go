package sqlstore

import (
	"context"
	"slices"

	"github.com/postern-go/postern/store"
)

// ListSealed implements [store.SealedStore]. Each query is in the order of an index.
func (s *Store) ListSealed(ctx context.Context, q store.SealedQuery) (store.SealedPage, error) {
	const (
		factors = `SELECT id, '', operator_id, secret FROM postern_factors
			WHERE id > ? AND length(secret) > 0 ORDER BY id LIMIT ?`
		mails  = `SELECT id, '', operator_id, body FROM postern_mails WHERE `
		values = `SELECT v.session_id, v.name, COALESCE(s.operator_id, ''), v.data FROM postern_session_values v
			LEFT JOIN postern_sessions s ON s.id = v.session_id WHERE `
		inOrder = ` ORDER BY v.session_id, v.name LIMIT ?`
	)
	var after store.SealedCursor
	if q.After != nil {
		after = *q.After
	}
	var query string
	args := []any{after.ID}
	switch q.Kind {
	case store.SealedFactor:
		query = factors
	case store.SealedMail:
		query = mails + s.dialect.sealedMails() + ` LIMIT ?`
	case store.SealedValues:
		var from string
		from, args = s.dialect.after([]string{`v.session_id`, `v.name`}, `>`, append(args, after.Name))
		query = values + from + inOrder
	default:
		return store.SealedPage{}, ctx.Err()
	}
	limit := store.PageLimit(q.Limit)
	rows, err := list(ctx, s, func(r row) (one store.Sealed, err error) {
		one.Kind = q.Kind
		err = r.Scan(&one.ID, &one.Name, &one.OperatorID, blob(&one.Data))
		return one, err
	}, query, append(args, limit+1)...)
	if err != nil {
		return store.SealedPage{}, s.wrap("list sealed values", err)
	}
	page := store.SealedPage{Rows: rows}
	if len(rows) > limit {
		page.Rows = rows[:limit]
		page.Next = &store.SealedCursor{ID: rows[limit-1].ID, Name: rows[limit-1].Name}
	}
	return page, nil
}

func (t *tx) reseal(ctx context.Context, w store.Reseal) error {
	const (
		factor = `UPDATE postern_factors SET secret = ? WHERE id = ? AND secret = ?`
		mail   = `UPDATE postern_mails SET body = ? WHERE id = ? AND body = ?`
		values = `UPDATE postern_session_values SET data = ? WHERE session_id = ? AND name = ? AND data = ?`

		sealedFactor = `SELECT id FROM postern_factors WHERE id = ? AND length(secret) > 0`
		sealedMail   = `SELECT id FROM postern_mails WHERE id = ? AND length(body) > 0`
		sealedValues = `SELECT name FROM postern_session_values WHERE session_id = ? AND name = ?`

		failMail  = `UPDATE postern_mails SET state = ?, reply = ? WHERE id = ?`
		endValues = `DELETE FROM postern_session_values WHERE session_id = ? AND name = ?`
	)
	v, key, row := w.Value, []any{w.Value.ID}, w.Value.ID
	var replace, sealed string
	switch v.Kind {
	case store.SealedFactor:
		replace, sealed = factor, sealedFactor
	case store.SealedMail:
		replace, sealed = mail, sealedMail
	case store.SealedValues:
		replace, sealed, key = values, sealedValues, append(key, v.Name)
		row += "\x00" + v.Name
	default:
		return store.ErrNotFound
	}
	why := ifThere(t, store.ErrConflict, sealed, key...)
	if len(v.Data) == 0 {
		return why(ctx)
	}
	s := t.must(nil, replace, slices.Concat([]any{w.New}, key, []any{v.Data})...)
	s.why = why
	s.only(row)
	switch {
	case len(w.New) > 0:
	case v.Kind == store.SealedFactor:
		t.removeFactors(store.RemoveFactors{OperatorID: v.OperatorID, ID: v.ID})
	case v.Kind == store.SealedMail:
		t.then(failMail, store.MailFailed, w.Reply, v.ID)
	default:
		t.then(endValues, key...)
	}
	return nil
}
