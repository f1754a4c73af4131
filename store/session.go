package store

import (
	"context"
	"time"
)

// Session is a signed-in browser.
type Session struct {
	// Digest is of the token in the cookie, and changes when the session is
	// rotated; ID stays, and is what people and audit rows refer to.
	Digest     Digest
	ID         string
	OperatorID string
	CreatedAt  time.Time
	// SeenAt moves with TouchSession.
	SeenAt time.Time
	// EndsAt is the absolute end, whatever happens.
	EndsAt time.Time
	// ProvedAt is when the operator last proved who they are (sign-in or
	// step-up).
	ProvedAt time.Time
	// IP and UserAgent are those of the sign-in.
	IP, UserAgent string
}

// SessionView is what the guard needs to decide one request, brought together
// by one read.
type SessionView struct {
	Session  Session
	Operator Operator
	// Roles are the custom roles of the operator, each once, in no particular
	// order.
	Roles []Role
	// TwoFactor says whether the operator has a confirmed factor (ConfirmedAt
	// is set); recovery codes alone are none.
	TwoFactor bool
	// Revision is that of the parameters; zero when none are stored.
	Revision int64
}

// PreSession is the state between the password and the session. It is a type
// and a table of its own, so that no slip can take one for the other.
type PreSession struct {
	Digest     Digest
	OperatorID string
	// OperatorVersion is the version of the operator whose password was
	// checked.
	OperatorVersion int64
	CreatedAt       time.Time
	ExpiresAt       time.Time
	// Next is the path inside the office to go to afterwards.
	Next          string
	IP, UserAgent string
}

// Sessions reads sessions and pre-sessions.
type Sessions interface {
	// FindSession returns the session with its operator, roles and the
	// parameters' revision in one read, or ErrNotFound. It does not judge
	// whether the session is past its end.
	FindSession(ctx context.Context, d Digest) (SessionView, error)
	// ListSessions returns the operator's sessions, last seen first, at most
	// 100.
	ListSessions(ctx context.Context, operatorID string) ([]Session, error)
	// TouchSession moves SeenAt, and the operator's LastActiveAt, forward to
	// at. It only updates, so it can never revive an ended session; a session
	// that is gone is ErrNotFound. Atomic; called on the hot path.
	TouchSession(ctx context.Context, d Digest, at time.Time) error
	// FindPreSession returns the pre-session, or ErrNotFound. It does not
	// judge whether it is past its end.
	FindPreSession(ctx context.Context, d Digest) (PreSession, error)
	// FindSessionValues returns what PutSessionValues stored, or ErrNotFound.
	FindSessionValues(ctx context.Context, sessionID, name string) ([]byte, error)
}

// PutSession creates a session, and moves the operator's LastActiveAt forward
// to its SeenAt. When the operator then has more than Keep, those seen longest
// ago end, never this one. Keep 0 or less: no limit. With a Device, that
// [Device] of the operator is created, or its LastAt moves forward to SeenAt.
// Fails with ErrExists, and with ErrNotFound when the operator is gone.
type PutSession struct {
	Session Session
	Keep    int
	Device  Digest
}

// ReplaceSession gives a session a new digest (and whatever else New holds:
// ProvedAt, EndsAt); ID, and the values kept with it, stay, so New.ID and
// New.OperatorID must be the old one's. Fails with ErrNotFound when there is no
// such session under the old digest, so an ended session cannot come back, and
// of two rotations one wins; with ErrExists when the new digest is taken.
type ReplaceSession struct {
	Old Digest
	New Session
}

// EndSessions ends sessions of one operator: the one with the ID, or, when ID
// is empty, all but the one whose ID is Except, and all pre-sessions. With
// MustExist it fails with ErrNotFound when it ends no session, so that of two
// that end the same one wins; without, ending what is gone is not an error.
type EndSessions struct {
	OperatorID string
	ID         string
	Except     string
	MustExist  bool
}

// PutPreSession creates a pre-session. Fails with ErrExists, and with
// ErrNotFound when the operator is gone.
type PutPreSession struct{ PreSession PreSession }

// EndPreSession ends a pre-session. Fails with ErrNotFound when it is gone, so
// that of two that go on from it one wins.
type EndPreSession struct{ Digest Digest }

// PutSessionValues keeps bytes beside a session, for hosts that want values of
// their own; they go when the session goes. Empty Data deletes. Fails with
// ErrNotFound when the session is gone.
type PutSessionValues struct {
	SessionID, Name string
	Data            []byte
}

func (PutSession) isWrite()       {}
func (ReplaceSession) isWrite()   {}
func (EndSessions) isWrite()      {}
func (PutPreSession) isWrite()    {}
func (EndPreSession) isWrite()    {}
func (PutSessionValues) isWrite() {}
