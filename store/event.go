package store

import (
	"bytes"
	"context"
	"strings"
	"time"
)

// Event is one entry of the audit log. Events are appended, never changed.
type Event struct {
	// Seq is assigned by the store: 1 for the first event, then one more each, in
	// the order in which the commits became visible, without gaps.
	Seq int64
	ID  string
	At  time.Time
	// Code is a registered event name, e.g. "signin.succeeded".
	Code string
	// Outcome is "success", "failure" or "refused". An act of the host that must not be lost
	// has two entries: one with "begun", and one with its outcome, or "unsettled" if no one
	// knows it.
	Outcome string
	// ActorID and ActorName identify the actor: an operator's id and name as they
	// were then; both empty if the actor is unknown; ActorID may also be "system",
	// "command-line", or "job:" and the name of a job of the host.
	ActorID, ActorName string
	// TargetKind, TargetID and TargetName identify what was acted on.
	TargetKind, TargetID, TargetName string
	IP, UserAgent                    string
	// Route is the method, and the path relative to the alias.
	Route, RequestID string
	// SessionID is the session's public id, never its token.
	SessionID string
	Reason    string
	// Detail holds what is specific to the code, including values before and
	// after.
	Detail map[string]string
	// MAC chains the event to the one before it. See [AppendEvent].
	MAC []byte
}

// Area returns the part of Code before the first dot: "signin" of
// "signin.succeeded".
func (e Event) Area() string {
	area, _, _ := strings.Cut(e.Code, ".")
	return area
}

// Events reads the audit log.
type Events interface {
	// ListEvents returns a page of events, newest first, or oldest first if q
	// says so. See "Lists" in the package documentation.
	ListEvents(ctx context.Context, q EventQuery) (EventPage, error)
	// AuditEnds returns both ends of the audit log. Before the first event, they
	// are zero.
	AuditEnds(ctx context.Context) (AuditEnds, error)
	// CountEvents counts the events that the filters of q select: counts[i] are those
	// from bounds[i] until bounds[i+1], so there is one count fewer than bounds. The
	// bounds replace q's own bounds of time, and its BeforeSeq, AfterSeq, OldestFirst
	// and Limit do not matter. Counting a span stops at most, so its cost depends on most
	// and not on how many events there are. If several filters select much less than
	// each alone, a store may stop looking at a span after [PageReach] times most events:
	// then there may be more than it counted. Without two bounds there are no counts.
	CountEvents(ctx context.Context, q EventQuery, bounds []time.Time, most int) (counts []int, err error)
}

// AuditEnds holds where verification of the whole chain must begin and end.
type AuditEnds struct {
	// PurgedSeq and PurgedMAC are those of the last event that was purged; zero if
	// none was.
	PurgedSeq int64
	PurgedMAC []byte
	// LastSeq and LastMAC are those of the newest event ever appended.
	LastSeq int64
	LastMAC []byte
	// Seal is what the last append or purge sealed the ends with. A store keeps it
	// and does not look at it.
	Seal []byte
}

// EventPage is a page of the audit log.
type EventPage struct {
	Rows []Event
	// Next is the BeforeSeq of the next page, or its AfterSeq if the order is
	// oldest first; zero at the end of the list.
	Next int64
}

// EventQuery selects a page of events. The zero value selects the newest.
type EventQuery struct {
	// Area, Code, Outcome, ActorID, TargetID, IP and SessionID must be equal if set.
	Area, Code, Outcome, ActorID, TargetID, IP, SessionID string
	// From and Until bound At: From <= At < Until. A zero time is no bound.
	From, Until time.Time
	// BeforeSeq selects only older events; if zero, the page begins with the
	// newest.
	BeforeSeq int64
	// OldestFirst reverses the order; AfterSeq then replaces BeforeSeq.
	OldestFirst bool
	AfterSeq    int64
	// Purged also selects events that PurgeEvents took out of the audit log and that are
	// not yet deleted, so that a caller can check that no one has added to them.
	Purged bool
	// Limit is as in [PageLimit].
	Limit int
}

// PurgeEvents takes the event whose Seq is Through, and all before it, out of the
// audit log, so that no gap arises. AuditEnds keeps the last one. No list has them any
// more, but a store may leave them for [Store.Purge] to delete, so that appending
// does not wait for that. This is the only way to delete events. It fails with
// ErrNotFound if there is no such event, or no longer, so that only one of two
// replicas that purge at once succeeds, and with ErrConflict if MAC is set and not the
// event's.
//
// Seal is called with the ends before and after, and returns the seal of the latter;
// it is otherwise like [AppendEvent].MAC. If nil, the seal stays as it is.
type PurgeEvents struct {
	Through int64
	MAC     []byte
	Seal    func(before, after AuditEnds) (seal []byte, err error)
}

// AppendEvent appends an event. The store sets Seq, and, if MAC is not nil, sets
// Event.MAC and AuditEnds.Seal to what MAC(ends before it, event with its Seq) returns,
// such that no other event comes between the two: the chain has no forks. Before the
// first event, the ends are zero. MAC is called with the event as ListEvents will
// return it, except that its MAC is empty. It must return quickly. If it fails, so does
// the commit, with its error. If another event was appended or purged in the meantime,
// or if the store repeats the transaction, it calls MAC again, and the last call
// decides. The MACs of a commit are called one after the other, in order, before Commit
// returns. If MAC is nil, Event.MAC is kept as given, and the seal stays as it is.
type AppendEvent struct {
	Event Event
	MAC   func(before AuditEnds, e Event) (mac, seal []byte, err error)
}

// Clone returns a copy that shares no memory.
func (e AuditEnds) Clone() AuditEnds {
	e.PurgedMAC, e.LastMAC, e.Seal = bytes.Clone(e.PurgedMAC), bytes.Clone(e.LastMAC), bytes.Clone(e.Seal)
	return e
}

func (AppendEvent) isWrite() {}
func (PurgeEvents) isWrite() {}
