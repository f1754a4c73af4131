package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/postern-go/postern/store"
)

// Commit implements [store.Store].
//
// An error may mean that the outcome is unknown, because the connection broke
// during COMMIT; such a commit is never repeated.
func (s *Store) Commit(ctx context.Context, writes ...store.Write) error {
	err := s.write(ctx, func(t *tx) error {
		if err := t.lock(ctx, writes); err != nil {
			return err
		}
		// Audit writes come last, in their own order: every append waits for the
		// one lock of the audit log, which is thus held as briefly as possible,
		// and always after all other locks. No other write looks at events.
		var audit []store.Write
		for _, w := range writes {
			switch w.(type) {
			case store.AppendEvent, store.PurgeEvents:
				audit = append(audit, w)
				continue
			}
			if err := t.apply(ctx, w); err != nil {
				return fmt.Errorf("%T: %w", w, err)
			}
		}
		if err := t.writeAudit(ctx, audit); err != nil {
			return fmt.Errorf("write the audit: %w", err)
		}
		return nil
	})
	return s.wrap("commit", err)
}

// apply applies one write.
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
		return t.markLocked(ctx, w)
	case store.PutRole:
		return t.putRole(ctx, w.Role)
	case store.DeleteRole:
		return t.deleteRole(ctx, w)
	case store.CheckRole:
		return t.checkRole(ctx, w)
	case store.PutSession:
		return t.putSession(ctx, w)
	case store.ReplaceSession:
		return t.replaceSession(ctx, w)
	case store.EndSessions:
		return t.endSessions(ctx, w)
	case store.PutPreSession:
		return t.putPreSession(ctx, w.PreSession)
	case store.EndPreSession:
		return t.endPreSession(ctx, w)
	case store.PutSessionValues:
		return t.putSessionValues(ctx, w)
	case store.PutFactor:
		return t.putFactor(ctx, w.Factor)
	case store.AdvanceFactor:
		return t.advanceFactor(ctx, w)
	case store.RemoveFactors:
		return t.removeFactors(ctx, w)
	case store.PutRecoverySet:
		return t.putRecoverySet(ctx, w.Set)
	case store.UseRecoveryCode:
		return t.useRecoveryCode(ctx, w)
	case store.PutToken:
		return t.putToken(ctx, w.Token)
	case store.ConsumeToken:
		return t.consumeToken(ctx, w)
	case store.RevokeTokens:
		return t.revokeTokens(ctx, w)
	case store.PutParameters:
		return t.putParameters(ctx, w.Parameters)
	case store.EnqueueMail:
		return t.enqueueMail(ctx, w.Mail)
	case store.MoveMail:
		return t.moveMail(ctx, w)
	case store.ClearCounter:
		return t.clearCounter(ctx, w)
	}
	return store.ErrUnknownWrite
}

const (
	lockGuard    = `SELECT name FROM postern_guards WHERE name = ? FOR UPDATE`
	lockOperator = `SELECT id FROM postern_operators WHERE id = ? FOR UPDATE`
)

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
// after its own.
func (t *tx) lock(ctx context.Context, writes []store.Write) error {
	if t.store.dialect.oneWriter {
		return nil
	}
	var guards, operators []string
	for _, w := range writes {
		guard, operator := concerns(w)
		guards = append(guards, guard)
		operators = append(operators, operator)
	}
	for _, name := range distinct(guards) {
		held, err := exists(ctx, t, lockGuard, name)
		if err == nil && !held {
			err = errors.New("its row is missing")
		}
		if err != nil {
			return fmt.Errorf("lock guard of %s: %w", name, err)
		}
	}
	for _, id := range distinct(operators) {
		// One that does not exist yet is not an error here.
		if _, err := exists(ctx, t, lockOperator, id); err != nil {
			return fmt.Errorf("lock operator: %w", err)
		}
	}
	return nil
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
	case store.PutSession:
		return "", w.Session.OperatorID
	case store.ReplaceSession:
		return "", w.New.OperatorID
	case store.EndSessions:
		return "", w.OperatorID
	case store.PutPreSession:
		return "", w.PreSession.OperatorID
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
	}
	return "", ""
}
