package store

import (
	"context"
	"strings"
	"time"
)

// Event is one row of the audit. Events are appended, never changed.
type Event struct {
	// Seq is given by the store: 1 for the first, one more for each next, in
	// the order in which the commits became visible, without gaps.
	Seq int64
	ID  string
	At  time.Time
	// Code is a registered event name, e.g. "signin.succeeded".
	Code string
	// Outcome is "success", "failure" or "refused".
	Outcome string
	// Actor is who did it: an operator's id and name as they were then; both
	// empty for somebody unknown; ActorID "system" or "command-line" too.
	ActorID, ActorName string
	// Target is what it was done to.
	TargetKind, TargetID, TargetName string
	IP, UserAgent                    string
	// Route is method and path relative to the alias.
	Route, RequestID string
	// SessionID is the session's public id, never its token.
	SessionID string
	Reason    string
	// Detail holds what is particular to the code, before and after included.
	Detail map[string]string
	// MAC chains the event to the one before it. See [AppendEvent].
	MAC []byte
}

// Area is what stands before the first dot of Code: "signin" of
// "signin.succeeded".
func (e Event) Area() string {
	area, _, _ := strings.Cut(e.Code, ".")
	return area
}

// Events reads the audit.
type Events interface {
	// ListEvents returns a page of events, newest first, or oldest first where
	// q says so. See "Lists" in the package documentation.
	ListEvents(ctx context.Context, q EventQuery) (EventPage, error)
	// AuditEnds returns both ends of the audit. Before the first event both
	// are zero.
	AuditEnds(ctx context.Context) (AuditEnds, error)
}

// AuditEnds are what a check of the whole chain starts from and must arrive
// at.
type AuditEnds struct {
	// PurgedSeq and PurgedMAC are of the last event that was purged; zero when
	// none was.
	PurgedSeq int64
	PurgedMAC []byte
	// LastSeq and LastMAC are of the newest event ever appended.
	LastSeq int64
	LastMAC []byte
}

// EventPage is a part of the audit.
type EventPage struct {
	Rows []Event
	// Next is the BeforeSeq of the next page, or its AfterSeq where it is
	// oldest first; zero at the end of the list.
	Next int64
}

// EventQuery selects a page of events. The zero value selects the newest.
type EventQuery struct {
	// Area, Code, Outcome, ActorID, TargetID and IP, when set, must be equal.
	Area, Code, Outcome, ActorID, TargetID, IP string
	// From and Until bound At: From <= At < Until. Zero: no bound.
	From, Until time.Time
	// BeforeSeq selects older events only; zero: from the newest.
	BeforeSeq int64
	// OldestFirst turns the order around, and AfterSeq takes the place of
	// BeforeSeq.
	OldestFirst bool
	AfterSeq    int64
	// Limit is as in [PageLimit].
	Limit int
}

// PurgeEvents deletes the event whose Seq is Through, and all before it, so that
// no gap arises. AuditEnds keeps the last one deleted. It is the only way in which
// events go. Fails with ErrNotFound when there is no such event (any more), so
// that of two replicas that purge at once one does.
type PurgeEvents struct{ Through int64 }

// AppendEvent appends an event. The store sets Seq, and, when MAC is given,
// sets Event.MAC to MAC(previous event's MAC, event with its Seq) under the
// same lock, so that the chain has no forks. The first event has no previous
// MAC. MAC is called with the event as ListEvents will return it, but for its
// MAC, which is empty; it must be quick, and may be called again when the
// store repeats the transaction: then the last call is the one that counts. The
// MACs of a commit are called one after the other, in order, before Commit
// returns. Without MAC, Event.MAC is kept as given.
type AppendEvent struct {
	Event Event
	MAC   func(previous []byte, e Event) []byte
}

func (AppendEvent) isWrite() {}
func (PurgeEvents) isWrite() {}
