package sqlstore

import (
	"context"
	"slices"
	"time"

	"github.com/postern-go/postern/store"
)

// Free names, the last super-administrator and the existence of operators are
// checked under the guard (see tx.lock), so that no one else can change them before
// the transaction ends.

func (t *tx) putOperator(ctx context.Context, o store.Operator) error {
	before, err := t.checkPlace(ctx, o)
	if err != nil {
		return err
	}
	if before.IsActiveSuperAdministrator() && !o.IsActiveSuperAdministrator() {
		if err := t.checkAnotherSuperAdministrator(ctx, o.ID); err != nil {
			return err
		}
	}
	if o.Version == 0 {
		err = t.insertOperator(ctx, o)
	} else {
		err = t.updateOperator(ctx, o)
	}
	if err != nil {
		return taken(err)
	}
	t.nowAt(o.ID, o.Version+1)
	return nil
}

// checkPlace returns the stored operator, if any, provided that the new one may
// replace it and use its names.
func (t *tx) checkPlace(ctx context.Context, o store.Operator) (before store.Operator, err error) {
	const query = selectOperators + ` WHERE o.id = ? OR o.name_key = ? OR o.email_key = ? OR o.member_id = ? OR o.subject = ?`
	found, err := list(ctx, t, scanOperator, query, o.ID, o.NameKey, o.EmailKey, orNull(o.MemberID), orNull(o.Subject))
	if err != nil {
		return store.Operator{}, err
	}
	if i := slices.IndexFunc(found, func(f store.Operator) bool { return f.ID == text(o.ID) }); i >= 0 {
		before = found[i]
		found = slices.Delete(found, i, i+1)
	}
	switch {
	case o.Version == 0 && before.Version != 0:
		return before, store.ErrExists
	case o.Version != 0 && before.Version == 0:
		return before, store.ErrNotFound
	case o.Version != before.Version:
		return before, store.ErrConflict
	}
	for _, sentinel := range []struct {
		taken func(store.Operator) bool
		err   error
	}{
		{func(f store.Operator) bool { return f.NameKey == text(o.NameKey) }, store.ErrNameTaken},
		{func(f store.Operator) bool { return f.EmailKey == text(o.EmailKey) }, store.ErrEmailTaken},
		{func(f store.Operator) bool { return o.MemberID != "" && f.MemberID == text(o.MemberID) }, store.ErrMemberTaken},
		{func(f store.Operator) bool { return o.Subject != "" && f.Subject == text(o.Subject) }, store.ErrSubjectTaken},
	} {
		if slices.ContainsFunc(found, sentinel.taken) {
			return before, sentinel.err
		}
	}
	return before, nil
}

func (t *tx) checkAnotherSuperAdministrator(ctx context.Context, id string) error {
	query := `SELECT o.id FROM postern_operators o WHERE o.id <> ? AND o.state = ? AND ` + t.store.dialect.holds() + ` LIMIT 1`
	const role = store.RoleSuperAdministrator
	another, err := exists(ctx, t, query, id, store.OperatorActive, role, role)
	if err == nil && !another {
		err = store.ErrLastSuperAdministrator
	}
	return err
}

func (t *tx) insertOperator(ctx context.Context, o store.Operator) error {
	const query = `INSERT INTO postern_operators (id, version, name, name_key, email, email_key, search_key, member_id,
		member_name, member_email, refreshed_at, subject, subject_name, language, state, primary_role, roles, password, password_set_at, password_history, must_change_password,
		password_by, invite_expires_at, created_by, created_at, updated_at, last_active_at, locked_until, ends_at, two_factor, passkey, mark)
		VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, FALSE, FALSE, ?)`
	_, err := t.exec(ctx, query, o.ID, o.Name, o.NameKey, o.Email, o.EmailKey, o.SearchKey, orNull(o.MemberID),
		o.MemberName, o.MemberEmail, o.RefreshedAt, orNull(o.Subject), o.SubjectName, o.Language, o.State, o.PrimaryRole, o.Roles, o.Password, o.PasswordSetAt, o.PasswordHistory, o.MustChangePassword,
		o.PasswordBy, o.InviteExpiresAt, o.CreatedBy, o.CreatedAt, o.UpdatedAt, o.LastActiveAt, o.LockedUntil, o.EndsAt, newMark())
	return err
}

func (t *tx) updateOperator(ctx context.Context, o store.Operator) error {
	const query = `UPDATE postern_operators SET version = version + 1, mark = ?, name = ?, name_key = ?, email = ?,
		email_key = ?, search_key = ?, member_id = ?, member_name = ?, member_email = ?, refreshed_at = ?, subject = ?, subject_name = ?, language = ?, state = ?, primary_role = ?, roles = ?, password = ?, password_set_at = ?,
		password_history = ?, must_change_password = ?, password_by = ?, invite_expires_at = ?, created_by = ?,
		created_at = ?, updated_at = ?, ends_at = ? WHERE id = ? AND version = ?`
	return t.mustNow(ctx, store.ErrConflict, query, newMark(), o.Name, o.NameKey, o.Email,
		o.EmailKey, o.SearchKey, orNull(o.MemberID), o.MemberName, o.MemberEmail, o.RefreshedAt, orNull(o.Subject), o.SubjectName, o.Language, o.State, o.PrimaryRole, o.Roles, o.Password, o.PasswordSetAt,
		o.PasswordHistory, o.MustChangePassword, o.PasswordBy, o.InviteExpiresAt, o.CreatedBy,
		o.CreatedAt, o.UpdatedAt, o.EndsAt, o.ID, o.Version)
}

func (t *tx) checkOperator(ctx context.Context, w store.CheckOperator) error {
	version, err := t.version(ctx, w.ID)
	switch {
	case err != nil:
		return err
	case version == 0:
		return store.ErrNotFound
	case version != w.Version:
		return store.ErrConflict
	}
	return nil
}

func (t *tx) checkNoOperators(ctx context.Context) error {
	found, err := exists(ctx, t, anyOperator)
	if err == nil && found {
		err = store.ErrOperatorsExist
	}
	return err
}

// requireOperator ensures that the operator exists until the transaction ends.
func (t *tx) requireOperator(ctx context.Context, id string) error {
	version, err := t.version(ctx, id)
	if err == nil && version == 0 {
		err = store.ErrNotFound
	}
	return err
}

func (t *tx) deleteOperator(ctx context.Context, w store.DeleteOperator) error {
	if err := t.checkOperator(ctx, store.CheckOperator(w)); err != nil {
		return err
	}
	before, err := find(ctx, t, scanOperator, selectOperators+` WHERE o.id = ?`, w.ID)
	if err != nil {
		return err
	}
	if before.IsActiveSuperAdministrator() {
		if err := t.checkAnotherSuperAdministrator(ctx, w.ID); err != nil {
			return err
		}
	}
	t.endSessions(store.EndSessions{OperatorID: w.ID, All: true})
	t.removeFactors(store.RemoveFactors{OperatorID: w.ID, All: true})
	for _, query := range []string{
		`DELETE FROM postern_tokens WHERE subject = ?`,
		`DELETE FROM postern_devices WHERE operator_id = ?`,
		`DELETE FROM postern_browsers WHERE operator_id = ?`,
		`DELETE FROM postern_operators WHERE id = ?`,
	} {
		t.then(query, w.ID)
	}
	t.nowAt(w.ID, 0)
	return nil
}

func (t *tx) upgradePassword(ctx context.Context, w store.UpgradePassword) error {
	const query = `UPDATE postern_operators SET password = ? WHERE id = ? AND password = ?`
	if err := t.requireOperator(ctx, w.OperatorID); err != nil {
		return err
	}
	t.must(store.ErrConflict, query, w.New, w.OperatorID, w.Old)
	return nil
}

// markActive moves an operator's last activity forward.
func (t *tx) markActive(operatorID string, at time.Time) {
	const query = `UPDATE postern_operators SET last_active_at = ? WHERE id = ? AND last_active_at < ?`
	t.then(query, at, operatorID, at).only(operatorID)
}

func (t *tx) moveInvitation(w store.MoveInvitation) {
	const query = `UPDATE postern_operators SET invite_expires_at = ?, updated_at = ?, mark = ? WHERE id = ? AND state = ?`
	t.then(query, w.ExpiresAt, w.At, newMark(), w.OperatorID, store.OperatorInvited).only(w.OperatorID)
}

func (t *tx) markLocked(w store.MarkLocked) {
	const query = `UPDATE postern_operators SET locked_until = ?, mark = ? WHERE id = ?`
	t.then(query, w.Until, newMark(), w.OperatorID).only(w.OperatorID)
}

func (t *tx) markRefreshed(w store.MarkRefreshed) {
	const query = `UPDATE postern_operators SET refreshed_at = ? WHERE id = ?`
	t.then(query, w.At, w.OperatorID).only(w.OperatorID)
}
