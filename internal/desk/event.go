package desk

import (
	"context"
	"encoding/base64"
	"strconv"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// Outcomes of an event.
const (
	Success = "success"
	Failure = "failure"
	Refused = "refused"
	// Begun is the outcome of the first entry of an act of the host, Unsettled that of the
	// second if the office cannot know more; see Desk.AuditAct.
	Begun     = "begun"
	Unsettled = "unsettled"
)

// Actors that are not operators.
const (
	ActorSystem      = "system"
	ActorCommandLine = "command-line"
	// jobPrefix begins the id of a job of the host. No operator's id has a colon.
	jobPrefix = "job:"
)

// Entry is an event that is being put together. Most methods set a part of it and
// return it; Write or Record finishes it.
type Entry struct {
	d     *Desk
	event store.Event
	// change changes the seal of the audit log with the event. It may be nil.
	change func(*seal)
}

// Audit starts an event. It panics on a code that is not in Events: that is a
// programming mistake, which a test would find.
func (d *Desk) Audit(v Visit, code, outcome string) *Entry {
	if _, ok := Events[code]; !ok {
		panic("desk: event code " + strconv.Quote(code) + " is not registered")
	}
	return d.newEntry(v, code, outcome)
}

// newEntry starts an event whose code is known to be registered or declared.
func (d *Desk) newEntry(v Visit, code, outcome string) *Entry {
	return &Entry{d: d, event: store.Event{
		At: d.Now(), Code: code, Outcome: outcome,
		IP: OneLine(v.IP, 64), UserAgent: OneLine(v.UserAgent, 512),
		Route: OneLine(v.Route, 256), RequestID: OneLine(v.RequestID, 128),
	}}
}

// By sets the actor to an operator who acts on their own account. Unlike Actor, it
// does not set the session: at sign-in there is none yet. Add Session if there is.
func (e *Entry) By(o store.Operator) *Entry {
	e.event.ActorID, e.event.ActorName = o.ID, o.Name
	return e
}

// Actor sets the actor and also the session they act in. Unlike By, it can be the
// command line.
func (e *Entry) Actor(a Actor) *Entry {
	e.event.ActorID, e.event.ActorName, e.event.SessionID = a.ID, a.Name, a.session
	if a.seenBy != nil {
		e.as(a.seenBy, a.ID, a.Name)
	}
	return e
}

// as names the operator who really acts, and the one as whom they see the office.
func (e *Entry) as(real *Identity, id, name string) {
	e.event.ActorID, e.event.ActorName = real.Operator.ID, real.Operator.Name
	e.With("as", name).With("as_id", id)
}

// System sets the actor to the office itself, if it acts on its own.
func (e *Entry) System() *Entry { e.event.ActorID = ActorSystem; return e }

// Target sets the operator that the event is about.
func (e *Entry) Target(o store.Operator) *Entry {
	e.event.TargetKind, e.event.TargetID, e.event.TargetName = "operator", o.ID, o.Name
	return e
}

// Thing sets what the event is about if that is not a stored operator: a role, an
// email, or an operator of whom only the id is known.
func (e *Entry) Thing(kind, id, name string) *Entry {
	e.event.TargetKind, e.event.TargetID, e.event.TargetName = kind, id, name
	return e
}

// Session sets the session in which the event happened.
func (e *Entry) Session(s store.Session) *Entry { e.event.SessionID = s.ID; return e }

// Because sets the reason: a sentence that the actor gave, or the cause of a failure
// or refusal.
func (e *Entry) Because(reason string) *Entry { e.event.Reason = OneLine(reason, 512); return e }

// maxDetail bounds one detail of an event, in bytes. The permissions of a role, or
// a notice before and after, fit.
const maxDetail = 4096

// With adds a detail. It replaces an earlier one with the same key.
func (e *Entry) With(key, value string) *Entry {
	if e.event.Detail == nil {
		e.event.Detail = make(map[string]string)
	}
	e.event.Detail[key] = OneLine(value, maxDetail)
	return e
}

// UnknownLogin adds a login that no account has, only as a keyed hash and a length:
// people type passwords there (ASVS 16.2.5).
func (e *Entry) UnknownLogin(login Login) *Entry {
	mac := e.d.Vault.MAC(vault.AuditHashes, "login", login.key)
	return e.With("login_hash", base64.RawURLEncoding.EncodeToString(mac[:12])).
		With("login_length", strconv.Itoa(len(login.key)))
}

// Write returns the write that appends the event, to commit with the change that it
// is about.
func (e *Entry) Write() store.AppendEvent {
	e.event.ID = vault.ID()
	return store.AppendEvent{Event: e.event, MAC: func(before store.AuditEnds, event store.Event) (mac, sealed []byte, err error) {
		return e.d.chain(before, event, e.change)
	}}
}

// Record commits the event, alone or with an email about it: for refusals, which
// change nothing else. A refusal that cannot be recorded is still a refusal, so
// an error is only logged. Closing the connection does not prevent the entry.
func (e *Entry) Record(ctx context.Context, more ...store.Write) {
	ctx = context.WithoutCancel(ctx)
	if err := e.d.Commit(ctx, append(more, e.Write())...); err != nil {
		e.d.Log.ErrorContext(ctx, "audit entry not written", "event", e.event.Code, "error", err)
	}
}

// In sets the actor and the session to those of a request, if it is signed in.
func (e *Entry) In(id *Identity) *Entry {
	if id != nil {
		e.event.ActorID, e.event.ActorName, e.event.SessionID = id.Operator.ID, id.Operator.Name, id.Session.ID
		if id.SeenBy != nil {
			e.as(id.SeenBy, id.Operator.ID, id.Operator.Name)
		}
	}
	return e
}
