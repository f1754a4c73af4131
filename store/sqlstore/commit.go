package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/postern-go/postern/store"
)

// Commit implements [store.Store].
//
// An error may mean that the outcome is unknown, because the connection broke
// during COMMIT; such a commit is never repeated.
func (s *Store) Commit(ctx context.Context, writes ...store.Write) error {
	var moved *head
	err := s.write(ctx, func(t *tx) error {
		if err := t.lock(ctx, writes); err != nil {
			return err
		}
		// Audit writes come last, in their own order: every append waits for the
		// one lock of the audit log, which is thus held as briefly as possible,
		// and always after all other locks. No other write looks at events.
		var audit []store.Write
		for i, w := range writes {
			switch w.(type) {
			case store.AppendEvent, store.PurgeEvents:
				audit = append(audit, w)
				continue
			}
			t.write, t.of = i, fmt.Sprintf("%T", w)
			if err := t.apply(ctx, w); err != nil {
				return t.refused(ctx, fmt.Errorf("%T: %w", w, err))
			}
		}
		err := t.writeAudit(ctx, audit)
		moved = t.moved
		return err
	})
	if err == nil && moved != nil {
		s.head.Store(moved)
	}
	return s.wrap("commit", err)
}

// apply applies one write, or adds its statements to those that wait.
func (t *tx) apply(ctx context.Context, w store.Write) error {
	switch w := w.(type) {
	case store.PutOperator:
		return t.putOperator(ctx, w.Operator)
	case store.CheckOperator:
		return t.checkOperator(ctx, w)
	case store.CheckNoOperators:
		return t.checkNoOperators(ctx)
	case store.DeleteOperator:
		return t.deleteOperator(ctx, w)
	case store.UpgradePassword:
		return t.upgradePassword(ctx, w)
	case store.MarkLocked:
		t.markLocked(w)
	case store.MarkRefreshed:
		t.markRefreshed(w)
	case store.MoveInvitation:
		t.moveInvitation(w)
	case store.PutRole:
		return t.putRole(ctx, w.Role)
	case store.DeleteRole:
		return t.deleteRole(ctx, w)
	case store.CheckRole:
		return t.checkRole(ctx, w)
	case store.PutSession:
		return t.putSession(ctx, w)
	case store.CheckSessions:
		return t.checkSessions(ctx, w)
	case store.ReplaceSession:
		return t.replaceSession(ctx, w)
	case store.EndSessions:
		t.endSessions(w)
	case store.PutPreSession:
		return t.putPreSession(ctx, w)
	case store.EndPreSession:
		t.endPreSession(w)
	case store.PutSessionValues:
		return t.putSessionValues(ctx, w)
	case store.PutBrowser:
		return t.putBrowser(ctx, w)
	case store.DeleteBrowsers:
		t.deleteBrowsers(w)
	case store.PutFactor:
		return t.putFactor(ctx, w.Factor)
	case store.AdvanceFactor:
		t.advanceFactor(w)
	case store.RemoveFactors:
		t.removeFactors(w)
	case store.PutRecoverySet:
		return t.putRecoverySet(ctx, w.Set)
	case store.UseRecoveryCode:
		t.useRecoveryCode(w)
	case store.Reseal:
		return t.reseal(ctx, w)
	case store.PutToken:
		t.putToken(w.Token)
	case store.ConsumeToken:
		return t.consumeToken(w)
	case store.RevokeTokens:
		t.revokeTokens(w)
	case store.PutParameters:
		t.putParameters(w.Parameters)
	case store.EnqueueMail:
		t.enqueueMail(w.Mail)
	case store.MoveMail:
		return t.moveMail(ctx, w)
	case store.Unhit:
		t.unhit(w)
	case store.RenewMail:
		t.renewMail(w)
	case store.ClearCounter:
		t.clearCounter(w)
	default:
		return store.ErrUnknownWrite
	}
	return nil
}

// The guards are rows to lock before decisions that depend on several records.
const (
	// guardOperators guards what depends on all operators or all roles: unique
	// names, the last super-administrator, no operators at all.
	guardOperators = "operators"
	// guardTokens makes new tokens revoke older ones one at a time.
	guardTokens = "tokens"
)

// lock takes the locks that a batch needs, always in the same order: the guards by
// name, then the operators by id. The rows that belong to an operator are locked
// after its own, in the order of the writes, and the head of the audit log last.
func (t *tx) lock(ctx context.Context, writes []store.Write) error {
	var guards, operators, sessions []string
	for _, w := range writes {
		guard, operator := concerns(w)
		guards = append(guards, guard)
		operators = append(operators, operator)
		if w, ok := w.(store.PutSessionValues); ok {
			sessions = append(sessions, w.SessionID)
		}
	}
	t.concerned = distinct(operators)
	d := t.store.dialect
	if d.oneWriter {
		return nil
	}
	if guards = distinct(guards); len(guards) > 0 {
		which, args := in(guards)
		if err := t.touch(ctx, `postern_guards`, `name`, which, args); err != nil {
			return fmt.Errorf("touch guards: %w", err)
		}
		held, err := list(ctx, t, value[string], d.lock(`SELECT name FROM postern_guards WHERE name`+which+` ORDER BY name`), args...)
		if err == nil && len(held) != len(guards) {
			err = errors.New("a row is missing")
		}
		if err != nil {
			return fmt.Errorf("lock guards of %s: %w", strings.Join(guards, " and "), err)
		}
	}
	if len(sessions) > 0 {
		which, args := in(sessions)
		owners, err := list(ctx, t, value[string], `SELECT operator_id FROM postern_sessions WHERE id`+which, args...)
		if err != nil {
			return fmt.Errorf("find operators of sessions: %w", err)
		}
		t.concerned = distinct(append(t.concerned, owners...))
	}
	return t.lockOperators(ctx, t.concerned)
}

// lockOperators locks those of the operators that exist, and reads their versions
// and, with them, the head of the audit log.
func (t *tx) lockOperators(ctx context.Context, ids []string) error {
	if t.versions == nil {
		t.versions = make(map[string]int64)
	}
	if len(ids) == 0 {
		return nil
	}
	for _, id := range ids {
		t.versions[text(id)] = 0
	}
	which, args := in(ids)
	if err := t.touch(ctx, `postern_operators`, `id`, which, args); err != nil {
		return fmt.Errorf("touch operators: %w", err)
	}
	_, err := list(ctx, t, func(r row) (_ string, err error) {
		var (
			id      string
			version int64
			h       head
		)
		err = r.Scan(append([]any{&id, &version}, h.into()...)...)
		t.versions[id], t.seen = version, &h
		return id, err
	}, t.store.dialect.lockOperators(which), args...)
	if err != nil {
		return fmt.Errorf("lock operators: %w", err)
	}
	return nil
}

// version returns the version of an operator, which stays so until the transaction
// ends, or 0 if there is none.
func (t *tx) version(ctx context.Context, id string) (int64, error) {
	id = text(id)
	if t.versions == nil {
		if err := t.lockOperators(ctx, t.concerned); err != nil {
			return 0, err
		}
	}
	version, known := t.versions[id]
	if known {
		return version, nil
	}
	err := t.lockOperators(ctx, []string{id})
	return t.versions[id], err
}

// nowAt remembers the version of an operator after a write.
func (t *tx) nowAt(id string, version int64) {
	if t.versions != nil {
		t.versions[text(id)] = version
	}
}

// distinct sorts names and removes duplicates and the empty name.
func distinct(names []string) []string {
	names = slices.DeleteFunc(names, func(name string) bool { return name == "" })
	slices.Sort(names)
	return slices.Compact(names)
}

// concerns returns the guard that a write needs, and the operator whose row it
// depends on.
func concerns(w store.Write) (guard, operatorID string) {
	switch w := w.(type) {
	case store.PutOperator:
		return guardOperators, w.Operator.ID
	case store.DeleteOperator:
		return guardOperators, w.ID
	case store.CheckNoOperators, store.PutRole, store.DeleteRole, store.CheckRole:
		return guardOperators, ""
	case store.CheckOperator:
		return "", w.ID
	case store.UpgradePassword:
		return "", w.OperatorID
	case store.MarkLocked:
		return "", w.OperatorID
	case store.MarkRefreshed:
		return "", w.OperatorID
	case store.MoveInvitation:
		return "", w.OperatorID
	case store.PutSession:
		return "", w.Session.OperatorID
	case store.CheckSessions:
		return "", w.OperatorID
	case store.ReplaceSession:
		return "", w.New.OperatorID
	case store.EndSessions:
		return "", w.OperatorID
	case store.PutPreSession:
		return "", w.PreSession.OperatorID
	case store.PutBrowser:
		return "", w.Browser.OperatorID
	case store.DeleteBrowsers:
		return "", w.OperatorID
	case store.PutFactor:
		return "", w.Factor.OperatorID
	case store.RemoveFactors:
		return "", w.OperatorID
	case store.PutRecoverySet:
		return "", w.Set.OperatorID
	case store.UseRecoveryCode:
		return "", w.OperatorID
	case store.PutToken:
		return guardTokens, w.Token.Subject
	case store.Reseal:
		if w.Value.Kind != store.SealedMail {
			return "", w.Value.OperatorID
		}
	}
	return "", ""
}
