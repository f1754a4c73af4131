package desk

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"strconv"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// Outcomes of an event.
const (
	Success = "success"
	Failure = "failure"
	Refused = "refused"
)

// Actors that are not operators.
const (
	ActorSystem      = "system"
	ActorCommandLine = "command-line"
)

// EventCodes are all the events there are, with what they mean. The audit
// documentation is this table; an event that is not in it cannot be written.
var EventCodes = map[string]string{
	"setup.completed":               "The first super-administrator set the office up.",
	"setup.refused":                 "A setup link was refused; the reason is kept here.",
	"signin.password":               "A password was accepted; the second factor is still to come.",
	"signin.succeeded":              "An operator signed in.",
	"signin.refused":                "A sign-in was refused; the reason is kept here and shown to nobody.",
	"signin.limited":                "A sign-in was not even looked at, after too many failures.",
	"signin.paused":                 "A right password was turned away because sign-ins are paused.",
	"code.refused":                  "A code was wrong.",
	"code.replayed":                 "A right code came a second time: perhaps somebody is listening.",
	"code.limited":                  "A code was not even looked at, after too many failures.",
	"recovery.used":                 "A recovery code was used.",
	"recovery.refused":              "A recovery code was wrong.",
	"two_factor.added":              "An authenticator was added.",
	"two_factor.removed":            "An authenticator was removed by its owner.",
	"two_factor.reset":              "Somebody's authenticators and recovery codes were removed for them.",
	"two_factor.codes_replaced":     "New recovery codes were made; the old ones are void.",
	"step_up.succeeded":             "An operator proved again who they are.",
	"step_up.refused":               "An operator failed to prove again who they are.",
	"session.ended":                 "A session was ended: signed out, or ended from the list.",
	"session.others_ended":          "An operator ended their other sessions.",
	"session.member_ended":          "The community had the sessions of a member ended who is an operator.",
	"session.expired":               "A session ended because it was unused for too long, or too old.",
	"session.evicted":               "A session ended because its operator signed in once more than they can be signed in at once.",
	"session.browser_changed":       "A session came from another browser than it began with, and was ended.",
	"password.changed":              "An operator changed their password.",
	"password.change_refused":       "A password change was refused because the current password was wrong.",
	"password.breached":             "A password that somebody signed in with has become public elsewhere; they must change it.",
	"password.breaches_unknown":     "Whether a password is public could not be found out; the next sign-in asks again.",
	"password.reset_requested":      "A reset link was asked for.",
	"password.reset":                "A password was set through a reset link.",
	"password.reset_refused":        "A reset link or its code was refused; the reason is kept here.",
	"operator.invited":              "Somebody was invited to the office.",
	"operator.granted":              "A member was given access to the office.",
	"operator.invitation_used":      "An invited person chose a password.",
	"operator.invitation_refused":   "An invitation was refused; the reason is kept here.",
	"operator.renamed":              "An operator changed their name.",
	"operator.email_changed":        "An operator got another e-mail address.",
	"operator.unlocked":             "Somebody's failure counters were cleared.",
	"alias.generated":               "The office got its first address.",
	"alias.changed":                 "The office got a new address.",
	"alias.confirmed":               "The new address was confirmed from there.",
	"alias.rolled_back":             "The new address was not confirmed, so the old one is back.",
	"parameters.invalid":            "A stored parameter was out of its range; its default is in force.",
	"request.limited":               "Something was not even looked at, after too much of it; sign-ins and codes have events of their own.",
	"request.malformed":             "A request that no page makes: another method, body or act than the page has.",
	"request.refused":               "A request was refused by the host’s own rule; the reason is kept here.",
	"request.forged":                "A form came without the token or the origin it must have.",
	"permission.denied":             "An operator asked for something that their roles do not include.",
	"password.reset_sent":           "An operator had a reset link mailed to somebody.",
	"password.link_made":            "An operator made a one-time link to a new password, for handing over.",
	"password.temporary":            "An operator was given a generated password for handing over.",
	"operator.invitation_cancelled": "An invitation was cancelled.",
	"operator.roles_changed":        "An operator got other roles.",
	"operator.disabled":             "An operator was disabled.",
	"operator.enabled":              "A disabled operator was let in again.",
	"operator.deleted":              "An operator was deleted; their audit rows stay.",
	"operator.sessions_ended":       "Somebody’s sessions were ended for them.",
	"role.created":                  "A role was made.",
	"role.changed":                  "A role was changed.",
	"role.deleted":                  "A role was deleted.",
	"parameters.changed":            "Parameters were changed.",
	"mail.retried":                  "A failed mail was queued again.",
	"mail.written":                  "A page or a program of the community’s wrote to an operator.",
	"mail.tested":                   "A test mail was sent.",
	"audit.verified":                "The chain of the audit was checked; a failure says where it does not hold.",
	"audit.exported":                "The audit was exported.",
	"audit.purged":                  "Audit rows past their time were deleted.",
	"mail.failed":                   "A mail could not be delivered and will not be tried again.",
	"two_factor.unreadable":         "A stored secret could not be opened with the keys given.",
}

// entry is an event being put together.
type Entry struct {
	d     *Desk
	event store.Event
}

// audit starts an event. Panics on a code that is not registered: that is a
// mistake of ours, and a test would meet it.
func (d *Desk) Audit(v Visit, code, outcome string) *Entry {
	if _, ok := EventCodes[code]; !ok {
		panic("desk: event code " + strconv.Quote(code) + " is not registered")
	}
	return &Entry{d: d, event: store.Event{
		At: d.now(), Code: code, Outcome: outcome,
		IP: OneLine(v.Address, 64), UserAgent: OneLine(v.UserAgent, 512),
		Route: OneLine(v.Route, 256), RequestID: OneLine(v.RequestID, 128),
	}}
}

func (e *Entry) By(o store.Operator) *Entry {
	e.event.ActorID, e.event.ActorName = o.ID, o.Name
	return e
}

func (e *Entry) Actor(a Actor) *Entry {
	e.event.ActorID, e.event.ActorName, e.event.SessionID = a.ID, a.Name, a.session
	return e
}

func (e *Entry) System() *Entry { e.event.ActorID = ActorSystem; return e }

func (e *Entry) Target(o store.Operator) *Entry {
	e.event.TargetKind, e.event.TargetID, e.event.TargetName = "operator", o.ID, o.Name
	return e
}

func (e *Entry) Thing(kind, id, name string) *Entry {
	e.event.TargetKind, e.event.TargetID, e.event.TargetName = kind, id, name
	return e
}

func (e *Entry) Session(s store.Session) *Entry { e.event.SessionID = s.ID; return e }
func (e *Entry) Because(reason string) *Entry   { e.event.Reason = OneLine(reason, 512); return e }

// maxDetail is how long, in bytes, one detail of an event is at most: the rights
// of a role, or a notice before and after, fit.
const maxDetail = 4096

func (e *Entry) With(key, value string) *Entry {
	if e.event.Detail == nil {
		e.event.Detail = make(map[string]string)
	}
	e.event.Detail[key] = OneLine(value, maxDetail)
	return e
}

// unknownLogin keeps what somebody typed as a keyed hash and a length only:
// people type passwords there (ASVS 16.2.5).
func (e *Entry) UnknownLogin(key string) *Entry {
	mac := e.d.Vault.MAC(vault.AuditHashes, "login", key)
	return e.With("login_hash", base64.RawURLEncoding.EncodeToString(mac[:12])).
		With("login_length", strconv.Itoa(len(key)))
}

// Write finishes the event.
func (e *Entry) Write() store.AppendEvent {
	e.event.ID = vault.ID()
	return store.AppendEvent{Event: e.event, MAC: e.d.chain}
}

// Record commits the event, alone or with a mail about it: for refusals, which change nothing else. A
// refusal that cannot be recorded is still a refusal, so the error is logged
// and the caller goes on refusing. Hanging up does not keep it out of the
// audit.
func (e *Entry) Record(ctx context.Context, more ...store.Write) {
	ctx = context.WithoutCancel(ctx)
	if err := e.d.Commit(ctx, append(more, e.Write())...); err != nil {
		e.d.Log.ErrorContext(ctx, "audit row not written", "event", e.event.Code, "error", err)
	}
}

// refusalsNoted is how many refusals of one kind from one address are written
// down in addressWindow, and what is beyond only counts: whoever is turned away
// must not be able to fill the store with it.
const refusalsNoted = 30

// refusalsNotedAll is the same over all addresses: whoever has a network of
// them must not be able to either.
const refusalsNotedAll = 1000

// note records a refusal that costs whoever causes it nothing.
func (e *Entry) Note(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	code := e.event.Code
	for _, row := range []struct {
		key string
		max int
	}{
		{e.d.counterKey("noted", code, addressGroup(e.event.IP)), refusalsNoted},
		{e.d.counterKey("noted", code), refusalsNotedAll},
	} {
		_, _, ok, err := e.d.Store.Hit(ctx, row.key, store.Limit{Max: row.max, Window: addressWindow}, e.d.now())
		if err != nil {
			e.d.Log.ErrorContext(ctx, "audit row not written", "event", code, "error", err)
			return
		}
		if !ok {
			return
		}
	}
	e.Record(ctx)
}

// chain binds an event to the one before it, so that a changed or missing row
// shows (ASVS 16.4.2).
func (d *Desk) chain(previous []byte, e store.Event) []byte {
	return d.Vault.MAC(vault.AuditChain, string(previous), chained(e))
}

// chained is what of an event goes into its hash: everything but the hash.
func chained(e store.Event) string {
	e.MAC = nil
	e.At = store.Time(e.At)
	if len(e.Detail) == 0 {
		e.Detail = nil
	}
	text, err := json.Marshal(e)
	if err != nil {
		panic("desk: event does not encode: " + err.Error())
	}
	return string(text)
}

// ChainHolds says whether an event is as it was appended, right after the one
// whose hash is previous. Hashes made with an older master secret count.
func (d *Desk) ChainHolds(previous []byte, e store.Event) bool {
	return d.Vault.CheckMAC(vault.AuditChain, e.MAC, string(previous), chained(e))
}

// place is where an event came to stand in the chain.
type place struct {
	seq int64
	mac string
}

// notePlaces makes the writes note, once they are committed, where their events
// came to stand: only the store knows, and of several calls of a MAC the last
// one counts.
func notePlaces(writes []store.Write) []place {
	places := make([]place, len(writes))
	for i, w := range writes {
		w, ok := w.(store.AppendEvent)
		if !ok || w.MAC == nil {
			continue
		}
		compute := w.MAC
		w.MAC = func(previous []byte, e store.Event) []byte {
			mac := compute(previous, e)
			places[i] = place{e.Seq, ShortMAC(mac)}
			return mac
		}
		writes[i] = w
	}
	return places
}

// ShortMAC is the beginning of an event's hash, as log lines and checks of the
// audit have it: 64 bits, in 16 hexadecimal digits. Nobody finds another event
// with the same without the master secret, nor by causing events and waiting.
func ShortMAC(mac []byte) string { return hex.EncodeToString(mac[:min(len(mac), 8)]) }

// logEvent mirrors an event to the log, one line each, with stable names. Its
// place in the chain makes a log kept elsewhere the witness of the audit: see
// docs/security.md.
func (d *Desk) logEvent(ctx context.Context, e store.Event, at place) {
	level := slog.LevelInfo
	if e.Outcome != Success {
		level = slog.LevelWarn
	}
	attrs := []slog.Attr{
		slog.String("event", e.Code), slog.String("outcome", e.Outcome),
		slog.String("id", e.ID), slog.Time("at", e.At),
		slog.String("actor", e.ActorID), slog.String("target", e.TargetID),
		slog.String("address", e.IP), slog.String("route", e.Route),
		slog.String("request", e.RequestID), slog.String("session", e.SessionID),
	}
	if at.seq != 0 {
		attrs = append(attrs, slog.Int64("seq", at.seq), slog.String("mac", at.mac))
	}
	if e.Reason != "" {
		attrs = append(attrs, slog.String("reason", e.Reason))
	}
	for key, value := range e.Detail {
		attrs = append(attrs, slog.String("detail."+key, value))
	}
	d.Log.LogAttrs(ctx, level, "audit", attrs...)
}

// Forged records a request that failed the cross-site checks.
func (d *Desk) Forged(ctx context.Context, v Visit, why string) {
	d.Audit(v, "request.forged", Refused).Because(why).Note(ctx)
}

// Denied records that rights did not reach.
func (d *Desk) Denied(ctx context.Context, v Visit, id *Identity, permission string) {
	d.Audit(v, "permission.denied", Refused).By(id.Operator).Session(id.Session).With("permission", permission).Note(ctx)
}

// Malformed records a request that no page of the office makes.
func (d *Desk) Malformed(ctx context.Context, v Visit, id *Identity, why string) {
	d.Audit(v, "request.malformed", Refused).maybe(id).Because(why).Note(ctx)
}

// Limited records that a limit was reached, where that is not recorded yet.
func (d *Desk) Limited(ctx context.Context, v Visit, id *Identity, limited *LimitedError) {
	if !limited.noted {
		d.Audit(v, "request.limited", Refused).maybe(id).Note(ctx)
	}
}

// limitedCode records that codes of one kind are not looked at any more; any
// other error is left alone.
func (d *Desk) limitedCode(ctx context.Context, v Visit, o store.Operator, factor string, err error) {
	if limited, ok := errors.AsType[*LimitedError](err); ok {
		limited.noted = true
		d.Audit(v, "code.limited", Refused).Target(o).With("factor", factor).Note(ctx)
	}
}

// maybe is By for somebody who may be signed in.
func (e *Entry) maybe(id *Identity) *Entry {
	if id == nil {
		return e
	}
	return e.By(id.Operator).Session(id.Session)
}
