package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// ChangePassword sets a new password of one's own. A wrong current one counts
// like a failed sign-in. Other sessions end, and this one gets the token that
// is returned. ErrElsewhere when the password is the community's.
func (d *Desk) ChangePassword(ctx context.Context, v Visit, id *Identity, current, plain, again string) (string, error) {
	o := id.Operator
	if d.PasswordElsewhere(o) {
		return "", ErrElsewhere
	}
	bad := &InvalidError{}
	d.checkNewPassword(o, plain, again, bad)
	if current == "" {
		bad.Add("current_password", "required", "Enter the password that you have now.")
	}
	if err := bad.Err(); err != nil {
		return "", err
	}
	ctx, done := counted(ctx)
	defer done()
	writes, err := d.proveAgain(ctx, v, id, current, "password.change_refused")
	if errors.Is(err, ErrCredentials) {
		bad.Add("current_password", "wrong", "This is not your current password.")
		return "", bad
	}
	if err != nil {
		return "", err
	}
	if current == plain {
		bad.Add("password", "reused", "This is the password that you have now. Choose one that is new.")
	} else if err := d.checkReused(ctx, o, plain, bad); err != nil {
		return "", err
	}
	d.checkBreached(ctx, v, o, plain, bad)
	if err := bad.Err(); err != nil {
		return "", err
	}
	if err := d.SetPassword(ctx, &o, plain); err != nil {
		return "", err
	}
	more, err := d.passwordSet(v, o, "password.changed")
	if err != nil {
		return "", err
	}
	writes = append(writes, store.PutOperator{Operator: o}, store.RevokeTokens{Subject: o.ID, Purpose: store.PurposeReset})
	// Failures were with the old password, which strangers may have disabled.
	if writes, err = d.WithLock(ctx, o, append(writes, d.PasswordKeys(o)...)); err != nil {
		return "", err
	}
	return d.commitOwn(ctx, id, append(writes, more...))
}

// commitOwn commits a change to one's own account: every other session ends,
// and this one goes on under the token that is returned (ASVS 7.2.4, 7.4.3).
func (d *Desk) commitOwn(ctx context.Context, id *Identity, writes []store.Write) (string, error) {
	token, fresh := d.rotated(id)
	writes = append(writes,
		store.EndSessions{OperatorID: id.Operator.ID, Except: id.Session.ID},
		store.ReplaceSession{Old: id.Session.Digest, New: fresh})
	if err := d.Commit(ctx, writes...); err != nil {
		return "", sessionError(err)
	}
	return token, nil
}

// Rename changes one's own name, which is also what one signs in with, after a
// step-up, and tells the owner.
func (d *Desk) Rename(ctx context.Context, v Visit, id *Identity, name string) error {
	if !id.Proved() {
		return ErrStepUp
	}
	bad := &InvalidError{}
	o := id.Operator
	was := o.Name
	o.Name = CleanName("name", name, bad)
	if err := bad.Err(); err != nil {
		return err
	}
	Keyed(&o)
	o.UpdatedAt = d.now()
	event := d.Audit(v, "operator.renamed", Success).By(id.Operator).Target(o).Session(id.Session).With("before", was).With("after", o.Name).Write()
	told, err := d.Notice(v, id.Operator, func(n letters.Notice) mail.Letter {
		return letters.NameChanged(n, was, o.Name)
	}, "")
	if err != nil {
		return err
	}
	err = d.Commit(ctx, store.PutOperator{Operator: o}, event, told)
	if errors.Is(err, store.ErrNameTaken) {
		bad.Add("name", "taken", "Another operator has this name. Choose another one.")
		return bad
	}
	if err != nil {
		return fmt.Errorf("store name: %w", sessionError(err))
	}
	return nil
}

// Sessions lists one's own sessions, last seen first, without those that are
// past their end.
func (d *Desk) Sessions(ctx context.Context, id *Identity) ([]store.Session, error) {
	all, err := d.Store.ListSessions(ctx, id.Operator.ID)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	now := d.now()
	live := all[:0]
	for _, s := range all {
		if now.Before(s.EndsAt) && now.Before(s.SeenAt.Add(id.State.Settings.Session.Idle)) {
			live = append(live, s)
		}
	}
	return live, nil
}

// evict makes room for one more session: those beyond what one operator may
// have, seen longest ago, end and are audited (ASVS 7.1.2). Those past their end
// make room without a word. Of two sign-ins at once, the store ends what is too
// much after both.
func (d *Desk) evict(ctx context.Context, v Visit, o store.Operator) ([]store.Write, error) {
	all, err := d.Store.ListSessions(ctx, o.ID)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	now, s, live := d.now(), d.Settings().Session, 0
	var writes []store.Write
	for _, session := range all {
		over := !now.Before(session.EndsAt) || !now.Before(session.SeenAt.Add(s.Idle))
		if !over {
			live++
		}
		if !over && live < s.PerOperator {
			continue
		}
		writes = append(writes, store.EndSessions{OperatorID: o.ID, ID: session.ID})
		if over {
			continue
		}
		event := d.Audit(v, "session.evicted", Success).By(o).Target(o).Session(session).Write()
		writes = append(writes, event)
	}
	return writes, nil
}

// EndSession ends one of one's own sessions, after a step-up. ErrNotFound when
// it has ended, or is not one's own.
func (d *Desk) EndSession(ctx context.Context, v Visit, id *Identity, sessionID string) error {
	if !id.Proved() {
		return ErrStepUp
	}
	if !lookable(sessionID) {
		return ErrNotFound
	}
	event := d.Audit(v, "session.ended", Success).By(id.Operator).Session(id.Session).Thing("session", sessionID, "").Write()
	err := d.Commit(ctx, store.EndSessions{OperatorID: id.Operator.ID, ID: sessionID, MustExist: true}, event)
	if IsNotFound(err) {
		return ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// EndOtherSessions ends all of one's sessions but this one, after a step-up.
func (d *Desk) EndOtherSessions(ctx context.Context, v Visit, id *Identity) error {
	if !id.Proved() {
		return ErrStepUp
	}
	event := d.Audit(v, "session.others_ended", Success).By(id.Operator).Session(id.Session).Write()
	if err := d.Commit(ctx, store.EndSessions{OperatorID: id.Operator.ID, Except: id.Session.ID}, event); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// EndMemberSessions ends the sessions, and the sign-ins begun, of the operator
// who is a member of the community. Moving the operator's version ends a
// sign-in whose password was checked a moment before, too. Nobody is no error.
func (d *Desk) EndMemberSessions(ctx context.Context, memberID string) error {
	if !lookable(memberID) {
		return nil
	}
	for tries := 0; ; tries++ {
		o, err := d.Store.FindOperatorByMember(ctx, memberID)
		if IsNotFound(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("find operator by member: %w", err)
		}
		event := d.Audit(Visit{}, "session.member_ended", Success).System().Target(o).Write()
		o.UpdatedAt = d.now()
		err = d.Commit(ctx, store.PutOperator{Operator: o}, store.EndSessions{OperatorID: o.ID}, event)
		if err != nil && (!IsConflict(err) || tries == 5) {
			return fmt.Errorf("end sessions of member: %w", err)
		}
		if err == nil {
			return nil
		}
	}
}
