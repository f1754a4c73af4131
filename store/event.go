package store

import (
	"context"
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
	Address, UserAgent               string
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

// Events reads the audit.
type Events interface {
	// ListEvents returns at most q.Limit events, newest first.
	ListEvents(ctx context.Context, q EventQuery) ([]Event, error)
}

// EventQuery selects a page of events. The zero value selects the newest.
type EventQuery struct {
	// Code, ActorID and TargetID, when set, must be equal.
	Code, ActorID, TargetID string
	// From and Until bound At: From <= At < Until. Zero: no bound.
	From, Until time.Time
	// BeforeSeq is the Seq of the last row of the page before; zero: from the
	// newest.
	BeforeSeq int64
	// Limit is as in [PageLimit].
	Limit int
}

// AppendEvent appends an event. The store sets Seq, and, when MAC is given,
// sets Event.MAC to MAC(previous event's MAC, event with its Seq) under the
// same lock, so that the chain has no forks. The first event has no previous
// MAC. MAC is called with the event as ListEvents will return it, but for its
// MAC, which is empty; it must be pure and quick, and may be called again when
// the store repeats the transaction. Without MAC, Event.MAC is kept as given.
type AppendEvent struct {
	Event Event
	MAC   func(previous []byte, e Event) []byte
}

func (AppendEvent) isWrite() {}
