package backoffice

import (
	"context"
	"time"

	"github.com/postern-go/postern/internal/desk"
)

// EventKind is a kind of audit entry of yours. Its entries are chained, listed, filtered,
// exported, logged and passed to Config.OnEvent like the library's.
type EventKind struct {
	// Code is its stable name, "area.verb" in lower case: "garden.closed". At most 60 bytes.
	// The areas of the library's own entries are the library's (see [EventCodes]), and so are
	// those that begin with "office": new areas of the library will. Required.
	Code string
	// Label says what happened: "A garden was closed". Required.
	Label string
	// Group is the heading above it where kinds are chosen; "Community" if empty.
	Group string
	// Says is the sentence of an entry, without its full stop: "{actor} closed the garden
	// {target} because of {reason}". {target} is Act.Name, and a key of Act.After, or else of
	// Act.Before, stands for its value: "{actor} renamed {name}". If empty, it is made of Label.
	Says string
	// Meaning explains the kind in a sentence. If empty, it is Label.
	Meaning string
	// Private are keys of Before and After whose values are personal or secret: an entry says
	// that they changed, and keeps no value. If empty, all values are kept.
	Private []string
	// Settle finds out whether the change of an [Act] was made, after a crash between the
	// change and the entry of its outcome; see [Services.Audited]. It gets the act as its first
	// entry has it: cut, and without private values. It has 5 seconds; if it fails, it is asked
	// again for an hour. [Office.Run] calls it, on any replica, perhaps more than once for the
	// same act, and concurrently. If nil, the entry says that it is not known.
	Settle func(context.Context, Act) (Found, error)
}

// Act is something that your code does or did, for an audit entry of yours.
//
// What people type is cut, never refused: each value to 1 KiB, Reason to 512 bytes, Name to 200
// and ID to 128; what is cut says so. A line break becomes "↵", and any other character that does
// not print U+FFFD. What only a mistake in your code can get wrong is an error, and nothing is
// written: a code that is not declared, more than 50 keys, or a key or Kind that is not of
// lower-case letters, digits and "_".
type Act struct {
	// Code is that of an [EventKind] in Config.Events or of a [Part]. Required.
	Code string
	// Kind, ID and Name are what it is about: "garden", its ID there, and what people call it.
	// All entries about an ID are found by it. They may be empty.
	Kind, ID, Name string
	// Outcome is "success", if empty, or "failure" or "refused". Audited finds it out: leave it
	// empty there.
	Outcome string
	// Reason is a sentence that the actor gave, or why it failed. It may be empty.
	Reason string
	// Before and After are the values that it changed, by name. A name may be in one of them
	// alone.
	Before, After map[string]string

	// Actor, ActorName and Began are set for EventKind.Settle alone: who began it, and when.
	Actor, ActorName string
	Began            time.Time
}

// Found is what an [EventKind] found out about a change that a crash cut off.
type Found string

// What can be found.
const (
	// FoundAfter means that the change was made, and FoundBefore that it was not.
	FoundAfter  = Found(desk.FoundAfter)
	FoundBefore = Found(desk.FoundBefore)
	// FoundOther means that its target is neither as before nor as after, and FoundGone that
	// it no longer exists.
	FoundOther = Found(desk.FoundOther)
	FoundGone  = Found(desk.FoundGone)
	// FoundUnknown means that no one can tell.
	FoundUnknown = Found(desk.FoundUnknown)
)

// Record writes an audit entry of yours about something that has happened: as the signed-in
// operator, with their session, IP address and request, or as a job or the command line. It
// checks no permission. The entry is committed when Record returns nil, even if ctx ended in the
// meantime; after an error, it is not written. What must not happen without an entry
// needs [Services.Audited].
//
// How many entries an operator can cause is up to your code: bound it as you do what they
// are about.
func (s *Services) Record(ctx context.Context, act Act) error {
	a, err := s.acting(ctx)
	if err != nil {
		return err
	}
	return outward(s.services.RecordAct(ctx, a.actor, a.visit, act.inside()))
}

// Audited makes a change that must not be lost from the audit log, whichever database it is in.
// It commits an entry with the outcome "begun", calls change with ctx, and commits a second one
// with its outcome: "success", "failure" if change returned an error or panicked, or "refused"
// if that was ErrForbidden or ErrStepUp. It returns the error of change as it is, and passes a
// panic on. The text of the error is not in the entry: it may be secret.
//
// If the first entry cannot be committed, or if the operator was changed since the request began,
// such as disabled (ErrChanged), or if the request is over (ErrSignedOut), change is not called.
// If the second cannot, the change stands, Audited returns nil, and the log says so.
// Then, and if the process dies in between, [Office.Run] writes it after 5 minutes, on any
// replica, once: with the outcome "unsettled", and with what EventKind.Settle found. If change
// takes longer than that, its true outcome follows.
//
// change may itself use Record and Audited. It runs once or not at all.
func (s *Services) Audited(ctx context.Context, act Act, change func(context.Context) error) error {
	a, err := s.acting(ctx)
	if err != nil {
		return err
	}
	if a.over {
		return ErrSignedOut
	}
	changed := error(nil)
	err = s.services.AuditAct(ctx, a.actor, a.visit, act.inside(), func(ctx context.Context) error {
		changed = change(ctx)
		return changed
	})
	if changed != nil {
		return changed
	}
	return outward(err)
}

// Made tells [Services.Audited] what its change created, if the database chose the ID: the entry of
// the outcome is then about that. Call it in change, with the context that change gets; with any
// other it does nothing. The entry with the outcome "begun" does not have the ID, nor does what
// EventKind.Settle gets.
func Made(ctx context.Context, id, name string) { desk.Made(ctx, id, name) }

// As returns the services for a job of yours, such as "nightly-clean-up": they check no
// permissions, and the audit log names the job. A name has lower-case letters, digits, "-", "_"
// and ".", begins with a letter, and has at most 60 bytes; with another one, every method
// returns an error. Do not put them behind a page.
func (o *Office) As(job string) *Services {
	a, err := desk.Job(job)
	return &Services{o.desk, func(context.Context) (acting, error) { return acting{actor: a}, err }}
}

func (a Act) inside() desk.Act {
	return desk.Act{Code: a.Code, Kind: a.Kind, ID: a.ID, Name: a.Name, Outcome: a.Outcome, Reason: a.Reason, Before: a.Before, After: a.After}
}

// kinds are kinds of events in the desk's type.
func kinds(all []EventKind) []desk.EventKind {
	return each(all, func(k EventKind) desk.EventKind {
		inside := desk.EventKind{Code: k.Code, Label: k.Label, Group: k.Group, Says: k.Says, Meaning: k.Meaning, Private: k.Private}
		if k.Settle != nil {
			inside.Settle = func(ctx context.Context, a desk.Act) (desk.Found, error) {
				found, err := k.Settle(ctx, Act{
					Code: a.Code, Kind: a.Kind, ID: a.ID, Name: a.Name, Reason: a.Reason, Before: a.Before, After: a.After,
					Actor: a.ActorID, ActorName: a.ActorName, Began: a.Began,
				})
				return desk.Found(found), err
			}
		}
		return inside
	})
}
