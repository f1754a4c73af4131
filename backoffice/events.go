package backoffice

import (
	"context"
	"time"

	"github.com/postern-go/postern/internal/desk"
)

// EventKind is a kind of audit entry of your own. Its entries are chained, listed, filtered,
// exported, logged and passed to Config.OnEvent like the library's.
type EventKind struct {
	// Code is its stable name, "area.verb" in lower case: "garden.closed". At most 60 bytes.
	// The areas of the library's own entries are reserved (see [EventCodes]), and so are those
	// that begin with "office", for later versions. Required.
	Code string
	// Label says what happened: "A garden was closed". Required.
	Label string
	// Group is the heading above it in the list of kinds. Default: "Community".
	Group string
	// Says is the sentence of an entry, without its full stop: "{actor} closed the garden
	// {target} because of {reason}". {target} is Act.Name. A key of Act.After, or else of
	// Act.Before, is replaced by its value: "{actor} renamed {name}". If empty, it is made
	// from Label.
	Says string
	// Meaning explains the kind in a sentence. If empty, it is Label.
	Meaning string
	// Private are keys of Before and After whose values are personal or secret: an entry only
	// says that they changed. If empty, all values are kept.
	Private []string
	// Settle finds out whether the change of an [Act] was made, after a crash between the
	// change and the entry of its outcome; see [Services.Audited]. It gets the act as in its
	// first entry: cut, and without private values. It has 5 seconds; if it fails, it is called
	// again for an hour. [Office.Run] calls it on any replica, concurrently, and perhaps more
	// than once for the same act. If nil, the entry says that this is not known.
	Settle func(context.Context, Act) (Found, error)
}

// Act is something that your code does or did, for an audit entry of yours.
//
// Long texts are cut, never refused: each value to 1 KiB, Reason to 512 bytes, Name to 200
// and ID to 128; the entry shows what was cut. A line break becomes "↵", and any other character
// that does not print becomes U+FFFD. Mistakes in code are errors, and nothing is written: a
// code that is not declared, more than 50 keys, or a key or Kind with anything but lower-case
// letters, digits and "_".
type Act struct {
	// Code is that of an [EventKind] in Config.Events or of a [Part]. Required.
	Code string
	// Kind, ID and Name say what the act is about: "garden", the garden's ID, and what people
	// call it. The ID finds all entries about it. They may be empty.
	Kind, ID, Name string
	// Outcome is "success", "failure" or "refused"; if empty, "success". Leave it empty for
	// Audited, which finds it out.
	Outcome string
	// Reason is a sentence that the actor gave, or why it failed. It may be empty.
	Reason string
	// Before and After are the values that the act changed, by name. A name may be in only
	// one of them.
	Before, After map[string]string

	// Actor, ActorName and Began say who began the act, and when. They are set only for
	// EventKind.Settle.
	Actor, ActorName string
	Began            time.Time
}

// Found is what EventKind.Settle found out about a change that a crash cut off.
type Found string

// What can be found.
const (
	// FoundAfter means that the change was made, and FoundBefore that it was not.
	FoundAfter  = Found(desk.FoundAfter)
	FoundBefore = Found(desk.FoundBefore)
	// FoundOther means that the target is neither as before nor as after the change, and
	// FoundGone that the target no longer exists.
	FoundOther = Found(desk.FoundOther)
	FoundGone  = Found(desk.FoundGone)
	// FoundUnknown means that no one can tell.
	FoundUnknown = Found(desk.FoundUnknown)
)

// Record writes an audit entry of yours about something that has happened: as the signed-in
// operator, with their session, IP address and request, or as a job or the command line. It
// checks no permission. If Record returns nil, the entry is committed, even if ctx ended in the
// meantime; after an error, the entry is not written. For changes that must not happen without
// an entry, use [Services.Audited].
//
// Nothing limits how many entries an operator can cause: limit the acts themselves.
func (s *Services) Record(ctx context.Context, act Act) error {
	a, err := s.acting(ctx)
	if err != nil {
		return err
	}
	return outward(s.services.RecordAct(ctx, a.actor, a.visit, act.inside()))
}

// Audited makes a change that must not be missing from the audit log, whichever database the
// change is in.
// It commits an entry with the outcome "begun", calls change with ctx, and commits a second one
// with its outcome: "success", "failure" if change returned an error or panicked, or "refused"
// if that was ErrForbidden or ErrStepUp. It returns the error of change as it is, and passes a
// panic on. The text of the error is not in the entry: it may be secret.
//
// If the first entry cannot be committed, or if the operator was changed since the request began,
// such as disabled (ErrChanged), or if the request is over (ErrSignedOut), change is not called.
// If the second entry cannot be committed, the change stands, Audited returns nil, and the log
// has the error. In that case, or if the process dies in between, [Office.Run] on any replica
// writes the second entry after 5 minutes, once: with the outcome "unsettled", and with what
// EventKind.Settle found. If change takes longer than 5 minutes, its true outcome follows.
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
	if a.identity != nil && a.identity.SeenBy != nil {
		return ErrSeeingAs
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
// other context it does nothing. Neither the entry "begun" nor EventKind.Settle gets the ID.
func Made(ctx context.Context, id, name string) { desk.Made(ctx, id, name) }

// As returns the services for a job of yours, such as "nightly-clean-up". They check no
// permissions, so do not use them in pages; the audit log names the job. Its name consists of
// lower-case letters, digits, "-", "_" and ".", begins with a letter, and has at most 60 bytes.
// With any other name, every method returns an error.
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
