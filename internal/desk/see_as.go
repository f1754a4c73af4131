package desk

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// SeeAsLife is how long an operator can see the office as another one, before they have to
// begin again.
const SeeAsLife = 15 * time.Minute

// ErrSeeingAs means that an operator who sees the office as another one wanted to change
// something.
var ErrSeeingAs = errors.New("nothing can be changed while seeing the office as someone else")

// SeeAsEndedError means that an operator no longer sees the office as another one.
type SeeAsEndedError struct {
	// ID is that of the one whom they saw it as; empty if that is not known.
	ID string
	// Reason says why, as it is stored with events.
	Reason string
	// SeeingID is what [Identity.SeeingID] was; empty if that is not known.
	SeeingID string
}

func (e *SeeAsEndedError) Error() string { return "see as has ended: " + e.Reason }

// Why is the end of the key of the sentence that says why: "seeas.over." and it.
func (e *SeeAsEndedError) Why() string {
	switch e.Reason {
	case seeAsOver:
		return "time"
	case seeAsNoMore:
		return "permission"
	case seeAsGone:
		return "gone"
	case seeAsHoldsMore:
		return "more"
	}
	return "stopped"
}

// Why it ended, as events have it.
const (
	seeAsStopped    = "stopped"
	seeAsSignedOut  = "signed out"
	seeAsOver       = "time is over"
	seeAsNoMore     = "the permission was lost"
	seeAsGone       = "the operator is no longer active"
	seeAsHoldsMore  = "the operator now holds more"
	seeAsUnreadable = "not of this session"
)

// seeing is what the cookie holds, sealed for the session and the operator who sees: whom
// they see the office as, and until when. ID names the event of its beginning.
type seeing struct {
	ID     string    `json:"id"`
	Target string    `json:"target"`
	Until  time.Time `json:"until"`
}

// seeAsPlace binds a cookie to a session, by the ID that outlives a step-up, and to the
// operator in it.
func seeAsPlace(sessionID, operatorID string) string {
	return "see as/" + sessionID + "/" + operatorID
}

// SeeAs begins to show the office to the actor as an operator who holds no more than they do.
// It takes a reason for the audit log, emails the operator at most once a day for each actor,
// and returns what the browser keeps. Nothing is stored of it but the entry of its beginning: every request is
// checked again, see [Desk.SeenAs].
func (d *Desk) SeeAs(ctx context.Context, a Actor, v Visit, id, reason string) (kept string, err error) {
	if a.session == "" {
		return "", ErrForbidden // the command line sees everything as it is
	}
	o, err := d.target(ctx, &a, PermissionOperatorsSeeAs, id)
	if err != nil {
		return "", err
	}
	switch reason = cleanReason(reason); {
	case o.ID == a.ID, !d.hasAccess(o):
		return "", ErrChanged
	case reason == "":
		return "", invalid("reason", "required", messages.New("seeas.reason_missing"))
	}
	s := seeing{ID: vault.ID(), Target: o.ID, Until: d.Now().Add(SeeAsLife)}
	plain, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("see as: %w", err)
	}
	event := d.Audit(v, "see_as.began", Success).Actor(a).Target(o).Because(reason).With("until", s.Until.Format(time.RFC3339)).Write()
	tell, err := d.first(ctx, day, "told-of-see-as", a.ID, o.ID)
	counted := tell || err != nil // or perhaps
	if err == nil {
		err = d.beginSeeAs(ctx, a, v, o, event, tell)
	}
	if err != nil {
		if counted { // the next attempt tells them
			d.forget(ctx, d.counterKey("told-of-see-as", a.ID, o.ID))
		}
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(d.Vault.Seal(vault.SeeAs, seeAsPlace(a.session, a.ID), plain)), nil
}

// forget clears a counter as well as it can, also for someone who has left.
func (d *Desk) forget(ctx context.Context, counter string) {
	_ = d.Store.Commit(context.WithoutCancel(ctx), store.ClearCounter{Key: counter})
}

// beginSeeAs commits the entry of the beginning, with an email to the other one.
func (d *Desk) beginSeeAs(ctx context.Context, a Actor, v Visit, o store.Operator, event store.Write, tell bool) error {
	writes := []store.Write{event}
	if tell {
		letter, err := d.tellOwner(v, o, func(n letters.Notice) mail.Letter { return letters.SeenAs(n, SeeAsLife) }, signature(a))
		if err != nil {
			return err
		}
		writes = append(writes, letter)
	}
	return d.commitAs(ctx, a, "see as", writes...)
}

// openSeeAs reads what the browser of a session keeps.
func (d *Desk) openSeeAs(id *Identity, kept string) (s seeing, err error) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(kept)
	if err == nil {
		sealed, err = d.Vault.Open(vault.SeeAs, seeAsPlace(id.Session.ID, id.Operator.ID), sealed)
	}
	if err == nil {
		err = json.Unmarshal(sealed, &s)
	}
	if err != nil || s.ID == "" || s.Target == "" {
		return seeing{}, &SeeAsEndedError{Reason: seeAsUnreadable}
	}
	return s, nil
}

// SeenAs returns the operator as whom the one in a session sees the office, with what they may
// see, or *SeeAsEndedError. All of it is checked as if it began now: the permission, that the
// other one is active and holds no more, and the time. It takes two small reads.
func (d *Desk) SeenAs(ctx context.Context, v Visit, id *Identity, kept string) (*Identity, error) {
	s, err := d.openSeeAs(id, kept)
	if err != nil {
		return nil, err
	}
	return d.seenAs(ctx, v, id, s)
}

// SeenStill is SeenAs for a request that has been going on: id is the one in its session now,
// seen what SeenAs returned before.
func (d *Desk) SeenStill(ctx context.Context, v Visit, id, seen *Identity) (*Identity, error) {
	return d.seenAs(ctx, v, id, seen.seeing)
}

func (d *Desk) seenAs(ctx context.Context, v Visit, id *Identity, s seeing) (*Identity, error) {
	now, key := d.Now(), d.seeAsKey(s)
	ended, err := d.Store.FindCounters(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("see as: %w", err)
	}
	if len(ended) > 0 {
		return nil, &SeeAsEndedError{ID: s.Target, Reason: seeAsStopped, SeeingID: s.ID}
	}
	if !now.Before(s.Until) || s.Until.Sub(now) > SeeAsLife {
		return nil, d.endSeeAs(ctx, v, id, s, seeAsOver)
	}
	if !id.Can(PermissionOperatorsSeeAs) || id.MustActFirst() {
		return nil, d.endSeeAs(ctx, v, id, s, seeAsNoMore)
	}
	view, err := d.Store.FindSignIn(ctx, store.SignInQuery{OperatorID: s.Target})
	if err != nil && !isNotFound(err) {
		return nil, fmt.Errorf("see as: %w", err)
	}
	o := view.Operator
	roles := d.rolesOf(o.PrimaryRole, o.Roles, view.Roles)
	switch {
	case err != nil, !d.hasAccess(o), len(roles) == 0:
		return nil, d.endSeeAs(ctx, v, id, s, seeAsGone)
	case !reaches(id.Actor(), o.AllRoles(), roles):
		return nil, d.endSeeAs(ctx, v, id, s, seeAsHoldsMore)
	}
	seen := &Identity{
		Session: id.Session, Operator: o.InSession(), Roles: roles, State: id.State, desk: d,
		TwoFactor: len(view.Factors) > 0, SeenBy: id, SeenUntil: s.Until, seeing: s,
	}
	return seen, nil
}

// seeAsKey is the counter that says that it has ended, on every replica and for every copy of
// the cookie.
func (d *Desk) seeAsKey(s seeing) string { return d.counterKey("saw-as", s.ID) }

// endSeeAs ends it, with one entry in the audit log however many requests find out.
func (d *Desk) endSeeAs(ctx context.Context, v Visit, id *Identity, s seeing, why string) error {
	ctx = context.WithoutCancel(ctx)
	first, err := d.first(ctx, 2*SeeAsLife, "saw-as", s.ID)
	unsure := first || err != nil
	if first {
		err = d.Commit(ctx, d.Audit(v, "see_as.ended", Success).In(id).Thing("operator", s.Target, d.nameOf(ctx, s.Target)).Because(why).Write())
	}
	if err != nil && !errors.Is(err, store.ErrReadOnly) {
		if unsure { // the next request writes the entry
			_ = d.Store.Commit(ctx, store.ClearCounter{Key: d.seeAsKey(s)})
		}
		return fmt.Errorf("end see as: %w", err)
	}
	return &SeeAsEndedError{ID: s.Target, Reason: why, SeeingID: s.ID}
}

// nameOf is the name of an operator for an entry, or "".
func (d *Desk) nameOf(ctx context.Context, id string) string {
	o, err := d.Store.FindOperator(ctx, id)
	if err != nil {
		return ""
	}
	return o.Name
}

// StopSeeingAs ends what the browser of a session keeps, if it does, and returns the ID of the
// operator as whom its own saw the office.
func (d *Desk) StopSeeingAs(ctx context.Context, v Visit, id *Identity, kept string, signingOut bool) (target string, err error) {
	s, err := d.openSeeAs(id.Real(), kept)
	if err != nil {
		return "", nil // it shows nothing
	}
	why := seeAsStopped
	if signingOut {
		why = seeAsSignedOut
	}
	err = d.endSeeAs(ctx, v, id.Real(), s, why)
	if _, ended := errors.AsType[*SeeAsEndedError](err); ended {
		err = nil
	}
	return s.Target, err
}

// Real returns the operator who is signed in: the one who sees the office as another one, or
// id itself.
func (id *Identity) Real() *Identity {
	if id != nil && id.SeenBy != nil {
		return id.SeenBy
	}
	return id
}

// SeeingID tells one time of seeing the office as another operator from all others; it is
// empty for operators who see it as themselves.
func (id *Identity) SeeingID() string { return id.seeing.ID }
