package desk

import (
	"context"
	"fmt"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// EndSessions ends one session of an operator, by its ID, or "all". They are
// notified by email. It returns ErrChanged if the session has ended.
func (d *Desk) EndSessions(ctx context.Context, a Actor, v Visit, id, which string) error {
	o, err := d.target(ctx, &a, PermissionOperatorsManage, id)
	if err != nil {
		return err
	}
	if which == "" || !lookableIfSet(which) {
		return ErrNotFound
	}
	event := d.Audit(v, "operator.sessions_ended", Success).Actor(a).Target(o).With("which", which).Write()
	letter, err := d.tellOwner(v, o, func(n letters.Notice) mail.Letter {
		return letters.SessionsEnded(n, which == "all")
	}, signature(a))
	if err != nil {
		return err
	}
	end := store.EndSessions{OperatorID: o.ID, ID: which, MustExist: true}
	if which == "all" {
		end = store.EndSessions{OperatorID: o.ID}
	}
	return d.countStranger(ctx, a, o, func() error { return d.commitAs(ctx, a, "end sessions", end, event, letter) })
}

// EndMemberSessions ends the sessions of the operator who is a member of the
// community, if there is one. Moving the operator's version also ends a sign-in
// whose password was checked a moment before.
func (d *Desk) EndMemberSessions(ctx context.Context, memberID string) error {
	if !lookable(memberID) {
		return nil
	}
	for tries := 0; ; tries++ {
		o, err := d.Store.FindOperatorByMember(ctx, memberID)
		if isNotFound(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("find operator by member: %w", err)
		}
		event := d.Audit(Visit{}, "session.member_ended", Success).System().Target(o).Write()
		o.UpdatedAt = d.Now()
		err = d.Commit(ctx, store.PutOperator{Operator: o}, store.EndSessions{OperatorID: o.ID}, event)
		if err != nil && (!isConflict(err) || tries == 5) {
			return fmt.Errorf("end sessions of member: %w", err)
		}
		if err == nil {
			return nil
		}
	}
}
