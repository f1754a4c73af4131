package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/netgroup"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// Session is a session, as lists show it.
type Session struct {
	ID, IP          string
	Device          messages.Text
	Since, LastSeen time.Time
	// Method is how its operator proved last who they are.
	Method Method
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
		if !d.State().expired(&s, d.Now()) {
			live = append(live, Session{ID: s.ID, Device: letters.DeviceText(s.UserAgent), IP: s.IP, Since: s.CreatedAt, LastSeen: s.SeenAt, Method: Method(s.Method)})
		}
	}
	return live, nil
}

// expired reports whether a session is too old, or was unused for too long, or began
// before everyone was signed out. A session last seen in the future has expired too: the
// clock was wrong then, and the session would live until that time, even past a sign-out
// of everyone.
func (in *State) expired(s *store.Session, now time.Time) bool {
	return !now.Before(s.EndsAt) || now.Sub(s.SeenAt).Abs() >= in.Settings.Session.Idle || ahead(s.SeenAt, now) || in.endedAll(s.CreatedAt)
}

// endedAll reports whether everyone was signed out since a session or a sign-in
// began.
func (in *State) endedAll(began time.Time) bool { return !began.After(in.Stored.SessionsFrom) }

// mostEvictions is how often a sign-in tries to make room for its session: once for each
// sign-in of the operator that can overtake it, which are as many as pass a limit at
// once.
const mostEvictions = 2 * namePasswords

// commitEvicting commits a new session after the writes that make room for it. If
// another sign-in began one in the meantime, it makes room again.
func (d *Desk) commitEvicting(ctx context.Context, v Visit, view store.SignInView, writes []store.Write) error {
	for tries := 0; ; tries++ {
		room, evicted := d.evict(v, view)
		err := d.Commit(ctx, slices.Concat(room, writes)...)
		if err == nil {
			d.rememberEvicted(ctx, evicted)
		}
		if !isConflict(err) || tries == mostEvictions {
			return err
		}
		now, listErr := d.Store.ListSessions(ctx, view.Operator.ID)
		if listErr != nil || slices.EqualFunc(now, view.Sessions, func(a, b store.Session) bool { return a.ID == b.ID }) {
			return err // of something else
		}
		view.Sessions = now
	}
}

// evict returns the writes that make room for one more session, and the digests of
// those that end for it. Sessions beyond the limit end, the last used longest ago
// first, and are audited (ASVS 7.1.2); expired ones are not audited. The writes fail
// with a conflict if the operator has got others in the meantime.
func (d *Desk) evict(v Visit, view store.SignInView) (writes []store.Write, evicted []store.Digest) {
	o, now, in, live := view.Operator, d.Now(), d.State(), 0
	for _, session := range view.Sessions {
		end := store.EndSessions{OperatorID: o.ID, ID: session.ID}
		if in.expired(&session, now) {
			writes = append(writes, end)
			continue
		}
		if live++; live >= in.Settings.Session.PerOperator {
			writes = append(writes, end, d.Audit(v, "session.evicted", Success).By(o).Target(o).Session(session).Write())
			evicted = append(evicted, session.Digest)
		}
	}
	writes = append(writes, store.CheckSessions{OperatorID: o.ID, Most: in.Settings.Session.PerOperator - 1})
	return writes, evicted
}

// evictedKey is the key of the counter that says that a session was evicted.
func (d *Desk) evictedKey(session store.Digest) string {
	return d.counterKey("evicted", string(session[:]))
}

// rememberEvicted makes the next page of an evicted browser say why it is signed out,
// for as long as its session could have lasted. That is a courtesy: if it fails, the
// sign-in does not.
func (d *Desk) rememberEvicted(ctx context.Context, evicted []store.Digest) {
	for _, session := range evicted {
		hit := store.Hit{Key: d.evictedKey(session), Limit: store.Limit{Max: 1, Window: d.Settings().Session.Absolute}}
		if _, _, err := d.Store.Hit(ctx, d.Now(), hit); err != nil {
			d.Log.WarnContext(ctx, "evicted session not remembered", "error", err)
		}
	}
}

// unknown returns the error for a token that no session has.
func (d *Desk) unknown(ctx context.Context, session store.Digest) error {
	found, err := d.Store.FindCounters(ctx, d.evictedKey(session))
	if err != nil {
		return fmt.Errorf("find evicted session: %w", err)
	}
	if len(found) > 0 && d.Now().Before(found[0].ExpiresAt) {
		return ErrEvicted
	}
	return ErrUnknownSession
}

// networksAtOnce is how many networks of a session are looked at in touchEvery, so that
// requests that only read seldom write.
const networksAtOnce = 10

// moved records that a session is used from a network other than the one it began
// in, once for each network. It ends nothing, because phones change networks all
// day.
func (d *Desk) moved(ctx context.Context, v Visit, view *store.SessionView) {
	s := &view.Session
	if v.IP == s.IP {
		return // nearly always
	}
	network, now := netgroup.Smallest(v.IP), d.Now()
	if network == netgroup.Smallest(s.IP) || d.tempo.check("network:"+s.ID+" "+network, 1, touchEvery, now) != nil ||
		d.tempo.check("networks:"+s.ID, networksAtOnce, touchEvery, now) != nil {
		return
	}
	_, first, err := d.Store.Hit(ctx, now, store.Hit{
		Key: d.counterKey("session-network", s.ID, network), Limit: store.Limit{Max: 1, Window: 24 * time.Hour},
	})
	if err != nil {
		d.Log.WarnContext(ctx, "network of a session not noted", "error", err)
	}
	if err != nil || !first {
		return
	}
	e := d.Audit(v, "session.network_changed", Success).Session(*s).With("before", s.IP)
	e.event.ActorID, e.event.ActorName = view.Operator.ID, view.Operator.Name
	e.Record(ctx)
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

// EndAllSessions signs everyone out, including the actor, on every replica from the
// next request on, and ends every sign-in under way. It requires a reason.
// Super-administrators are notified by email.
func (d *Desk) EndAllSessions(ctx context.Context, a Actor, v Visit, reason string) error {
	if err := a.may(PermissionParametersManage); err != nil {
		return err
	}
	if reason = cleanReason(reason); reason == "" {
		return invalid("reason", "required", messages.New("signin.reason_missing"))
	}
	s, err := d.Fresh(ctx)
	if err != nil {
		return err
	}
	told, err := d.tellSuperAdministrators(ctx, "", func(o store.Operator) mail.Letter {
		return letters.SessionsEnded(d.notice(v, o, signature(a)), true)
	})
	if err != nil {
		return err
	}
	p := s.Stored
	p.SessionsFrom = d.Now()
	return d.putParameters(ctx, p, d.Audit(v, "session.all_ended", Success).Actor(a).Because(reason), a.still(told...)...)
}

// endedAhead corrects that everyone was signed out with a clock that was ahead: until that
// time, no one could sign in. First it ends the sessions one by one, because those that
// began before the clock was set back must not return.
func (d *Desk) endedAhead(ctx context.Context) error {
	if !ahead(d.State().Stored.SessionsFrom, d.Now()) {
		return nil
	}
	s, err := d.Fresh(ctx) // which also tells the time
	if err != nil || !ahead(s.Stored.SessionsFrom, d.Now()) {
		return err
	}
	err = d.eachOperator(ctx, store.OperatorQuery{}, func(o store.Operator) error {
		return d.Commit(ctx, store.EndSessions{OperatorID: o.ID, All: true})
	})
	if err != nil {
		return err
	}
	p := s.Stored
	p.SessionsFrom = d.Now()
	err = d.putParameters(ctx, p, d.Audit(Visit{}, "session.all_ended", Success).System().Because("the clock was ahead when everyone was signed out"))
	if errors.Is(err, ErrChanged) {
		return nil // next time
	}
	return err
}

// EndMemberSessions ends the sessions of the operator who is a member of the
// community, if there is one. Moving the operator's version also ends a sign-in
// whose password was checked a moment before.
func (d *Desk) EndMemberSessions(ctx context.Context, memberID string) error {
	if !lookable(memberID) {
		return nil
	}
	for tries := 0; ; tries++ {
		o, err := d.findByMember(ctx, memberID)
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
