package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// Session is a session, as lists show it. Device is in words.
type Session struct {
	ID, Device, IP  string
	Since, LastSeen time.Time
}

// Sessions returns the operator's own sessions, the last used first.
func (d *Desk) Sessions(ctx context.Context, id *Identity) ([]Session, error) {
	return d.liveSessions(ctx, id.Operator.ID)
}

// OperatorSessions returns the sessions of an operator that the actor may end.
func (d *Desk) OperatorSessions(ctx context.Context, a Actor, id string) ([]Session, error) {
	o, err := d.target(ctx, &a, PermissionOperatorsManage, id)
	if err != nil {
		return nil, err
	}
	return d.liveSessions(ctx, o.ID)
}

func (d *Desk) liveSessions(ctx context.Context, operatorID string) ([]Session, error) {
	all, err := d.Store.ListSessions(ctx, operatorID)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	var live []Session
	for _, s := range all {
		if !expired(&s, d.Now(), d.Settings().Session.Idle) {
			live = append(live, Session{ID: s.ID, Device: letters.Device(s.UserAgent), IP: s.IP, Since: s.CreatedAt, LastSeen: s.SeenAt})
		}
	}
	return live, nil
}

// expired reports whether a session is too old, or was unused for too long. A
// session last seen further in the future than it may stay unused has expired
// too: the clock was wrong then, and the session would live until that time.
func expired(s *store.Session, now time.Time, idle time.Duration) bool {
	return !now.Before(s.EndsAt) || now.Sub(s.SeenAt).Abs() >= idle
}

// evict returns the writes that make room for one more session. Sessions beyond
// the limit end, the last used longest ago first, and are audited (ASVS 7.1.2);
// expired ones are not audited. After two sign-ins at once, the store ends the
// excess.
func (d *Desk) evict(v Visit, view store.SignInView) (writes []store.Write) {
	o, now, s, live := view.Operator, d.Now(), d.Settings().Session, 0
	for _, session := range view.Sessions {
		end := store.EndSessions{OperatorID: o.ID, ID: session.ID}
		if expired(&session, now, s.Idle) {
			writes = append(writes, end)
			continue
		}
		if live++; live >= s.PerOperator {
			writes = append(writes, end, d.Audit(v, "session.evicted", Success).By(o).Target(o).Session(session).Write())
		}
	}
	return writes
}

// EndSession ends one of the operator's own sessions, after a step-up. It returns
// ErrNotFound if the session has ended, or belongs to someone else.
func (d *Desk) EndSession(ctx context.Context, v Visit, id *Identity, sessionID string) error {
	if !id.Proved() {
		return ErrStepUp
	}
	if !lookable(sessionID) {
		return ErrNotFound
	}
	event := d.Audit(v, "session.ended", Success).In(id).Thing("session", sessionID, "").Write()
	err := d.Commit(ctx, store.EndSessions{OperatorID: id.Operator.ID, ID: sessionID, MustExist: true}, event)
	if isNotFound(err) {
		return ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// EndOtherSessions ends all of the operator's sessions except this one, after a
// step-up.
func (d *Desk) EndOtherSessions(ctx context.Context, v Visit, id *Identity) error {
	if !id.Proved() {
		return ErrStepUp
	}
	event := d.Audit(v, "session.others_ended", Success).In(id).Write()
	if err := d.Commit(ctx, store.EndSessions{OperatorID: id.Operator.ID, Except: id.Session.ID, All: true}, event); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// EndSessions ends one session of an operator, by its ID, or "all", with their known
// browsers. They are notified by email. It returns ErrChanged if the session has ended.
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
	writes := []store.Write{store.EndSessions{OperatorID: o.ID, ID: which, MustExist: true}, event, letter}
	if which == "all" {
		writes = []store.Write{store.EndSessions{OperatorID: o.ID, All: true}, store.DeleteBrowsers{OperatorID: o.ID, All: true}, event, letter}
	}
	return d.countStranger(ctx, a, o, func() error { return d.commitAs(ctx, a, "end sessions", writes...) })
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
		err = d.Commit(ctx, store.PutOperator{Operator: o}, store.EndSessions{OperatorID: o.ID, All: true}, event)
		if err != nil && (!isConflict(err) || tries == 5) {
			return fmt.Errorf("end sessions of member: %w", err)
		}
		if err == nil {
			return nil
		}
	}
}
