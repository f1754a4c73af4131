package desk

import (
	"context"
	"fmt"

	"github.com/postern-go/postern/store"
)

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
