package sqlstore

import (
	"context"

	"github.com/postern-go/postern/store"
)

func factorFields(f *store.Factor) []any {
	return []any{
		&f.ID, &f.OperatorID, &f.Kind, &f.Label, blob(&f.Secret), &f.Step,
		at(&f.CreatedAt), at(&f.ConfirmedAt), at(&f.LastUsedAt), &f.IP, digestOrNone(&f.Handle),
	}
}

func scanFactor(r row) (f store.Factor, err error) {
	err = r.Scan(factorFields(&f)...)
	return f, err
}

// ListFactors implements [store.Factors].
func (s *Store) ListFactors(ctx context.Context, operatorID string) ([]store.Factor, error) {
	const query = `SELECT id, operator_id, kind, label, secret, step, created_at, confirmed_at, last_used_at, ip, handle
		FROM postern_factors WHERE operator_id = ? ORDER BY created_at, id`
	found, err := list(ctx, s, scanFactor, query, operatorID)
	return found, s.wrap("list factors", err)
}

// FindRecoverySet implements [store.Factors].
func (s *Store) FindRecoverySet(ctx context.Context, operatorID string) (store.RecoverySet, error) {
	// One query, so that the salt and the hashes belong to the same set. A set
	// whose codes are all used has one row, without a hash.
	const query = `SELECT s.operator_id, s.salt, s.created_at, c.hash FROM postern_recovery_sets s
		LEFT JOIN postern_recovery_codes c ON c.operator_id = s.operator_id
		WHERE s.operator_id = ?`
	rows, err := list(ctx, s, scanRecoverySet, query, operatorID)
	if err == nil && len(rows) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.RecoverySet{}, s.wrap("find recovery codes", err)
	}
	set := rows[0]
	for _, more := range rows[1:] {
		set.Hashes = append(set.Hashes, more.Hashes...)
	}
	return set, nil
}

func scanRecoverySet(r row) (set store.RecoverySet, err error) {
	var hash []byte
	err = r.Scan(&set.OperatorID, blob(&set.Salt), at(&set.CreatedAt), blob(&hash))
	if hash != nil {
		set.Hashes = [][]byte{hash}
	}
	return set, err
}

func (t *tx) putFactor(ctx context.Context, f store.Factor) error {
	const query = `INSERT INTO postern_factors (id, operator_id, kind, label, secret, step,
		created_at, confirmed_at, last_used_at, ip, handle) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	if err := t.requireOperator(ctx, f.OperatorID); err != nil {
		return err
	}
	t.insert(store.ErrExists, query, f.ID, f.OperatorID, f.Kind, f.Label, f.Secret, f.Step,
		f.CreatedAt, f.ConfirmedAt, f.LastUsedAt, f.IP, orNoDigest(f.Handle))
	switch {
	case f.ConfirmedAt.IsZero():
	case f.Kind == store.FactorPasskey:
		t.markTwoFactor(f.OperatorID, `TRUE`, `TRUE`)
	default:
		t.markTwoFactor(f.OperatorID, `TRUE`, `passkey`)
	}
	return nil
}

// markTwoFactor notes with the operator whether they have a confirmed factor, and whether
// one is a passkey.
func (t *tx) markTwoFactor(operatorID, twoFactor, passkey string) {
	t.then(`UPDATE postern_operators SET mark = ?, two_factor = `+twoFactor+`, passkey = `+passkey+` WHERE id = ?`, newMark(), operatorID).only(operatorID)
}

func (t *tx) advanceFactor(w store.AdvanceFactor) {
	const (
		advance = `UPDATE postern_factors SET step = ?, last_used_at = ?`
		renew   = `, secret = ?`
		which   = ` WHERE id = ? AND step < ?`
		there   = `SELECT id FROM postern_factors WHERE id = ?`
	)
	below := w.Step
	if w.Counts && w.Step == 0 {
		below = 1 // it does not count, so that 0 may follow 0
	}
	query, args := advance, []any{w.Step, w.At}
	if w.Counts && len(w.Secret) > 0 {
		query, args = query+renew, append(args, w.Secret)
	}
	t.must(nil, query+which, append(args, w.ID, below)...).why = ifThere(t, store.ErrReplayed, there, w.ID)
}

func (t *tx) removeFactors(w store.RemoveFactors) {
	const (
		one = `DELETE FROM postern_factors WHERE id = ? AND operator_id = ?`
		all = `DELETE FROM postern_factors WHERE operator_id = ?`
	)
	if !w.All {
		const left = `EXISTS (SELECT 1 FROM postern_factors f WHERE f.operator_id = postern_operators.id AND f.confirmed_at <> 0`
		t.must(store.ErrNotFound, one, w.ID, w.OperatorID)
		t.markTwoFactor(w.OperatorID, left+`)`, left+` AND f.kind = '`+store.FactorPasskey+`')`)
		return
	}
	t.then(all, w.OperatorID)
	t.markTwoFactor(w.OperatorID, `FALSE`, `FALSE`)
	t.removeRecoverySet(w.OperatorID)
}

func (t *tx) removeRecoverySet(operatorID string) {
	t.then(`DELETE FROM postern_recovery_sets WHERE operator_id = ?`, operatorID)
	t.then(`DELETE FROM postern_recovery_codes WHERE operator_id = ?`, operatorID)
}

func (t *tx) putRecoverySet(ctx context.Context, set store.RecoverySet) error {
	const (
		insertSet  = `INSERT INTO postern_recovery_sets (operator_id, salt, created_at) VALUES (?, ?, ?)`
		insertCode = `INSERT INTO postern_recovery_codes (operator_id, hash) VALUES `
	)
	if err := t.requireOperator(ctx, set.OperatorID); err != nil {
		return err
	}
	t.removeRecoverySet(set.OperatorID)
	t.then(insertSet, set.OperatorID, set.Salt, set.CreatedAt)
	for _, hash := range set.Hashes {
		t.again(nil, set.OperatorID+string(hash), insertCode, `(?, ?)`, ``, set.OperatorID, hash)
	}
	return nil
}

func (t *tx) useRecoveryCode(w store.UseRecoveryCode) {
	const query = `DELETE FROM postern_recovery_codes WHERE operator_id = ? AND hash = ?`
	t.must(store.ErrUsed, query, w.OperatorID, w.Hash)
}
