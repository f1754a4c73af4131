package store

import (
	"context"
	"time"
)

// Session is the session of a signed-in browser.
type Session struct {
	// Digest is that of the token in the cookie, and changes when the session is
	// rotated; ID does not, and is what pages and audit entries refer to.
	Digest     Digest
	ID         string
	OperatorID string
	CreatedAt  time.Time
	// SeenAt is moved by TouchSession.
	SeenAt time.Time
	// EndsAt is the absolute timeout.
	EndsAt time.Time
	// ProvedAt is when the operator last proved who they are (sign-in or
	// step-up), Method how, as a short word of the caller's; empty if it is not known.
	ProvedAt time.Time
	Method   string
	// Provider is the key of the session at the company's identity provider; empty if that
	// did not sign the operator in.
	Provider string
	// IP and UserAgent are those of the sign-in.
	IP, UserAgent string
}

// SessionOperator is what requests need to know of the operator who is signed in.
// To change the operator or check the password, read the [Operator].
type SessionOperator struct {
	ID                    string
	Version               int64
	Name, Email, MemberID string
	Language              string
	State                 OperatorState
	PrimaryRole           string
	Roles                 []string
	PasswordSetAt         time.Time
	MustChangePassword    bool
	LastActiveAt          time.Time
	LockedUntil           time.Time
	// EndsAt is when access ends; zero if it does not, as for [Operator].
	EndsAt time.Time
}

// InSession returns the part of the operator that requests need.
func (o Operator) InSession() SessionOperator {
	return SessionOperator{
		ID: o.ID, Version: o.Version, Name: o.Name, Email: o.Email, MemberID: o.MemberID, Language: o.Language,
		State: o.State, PrimaryRole: o.PrimaryRole, Roles: o.Roles,
		PasswordSetAt: o.PasswordSetAt, MustChangePassword: o.MustChangePassword,
		LastActiveAt: o.LastActiveAt, LockedUntil: o.LockedUntil, EndsAt: o.EndsAt,
	}
}

// SessionView is what the guard needs to decide a request, from one read. A store
// may hand out the same slices to every request: the caller must not change what
// they hold.
type SessionView struct {
	Session  Session
	Operator SessionOperator
	// Roles are the operator's custom roles, each once, in no particular order.
	Roles []Role
	// TwoFactor is true if the operator has a confirmed factor (ConfirmedAt is
	// set); recovery codes alone are not one.
	TwoFactor bool
	// Passkey is true if one of them is a passkey ([FactorPasskey]).
	Passkey bool
	// Reading has the revision of the parameters, and the time of this read.
	Reading
}

// PreSession is a sign-in between the first step and the second factor. It is a
// type and a table of its own, so that it cannot be mistaken for a session.
type PreSession struct {
	Digest     Digest
	OperatorID string
	// OperatorVersion is the version of the operator who passed the first step.
	OperatorVersion int64
	// Method is how they passed it, as a short word of the caller's; empty if it is not
	// known. Provider is as in [Session].
	Method, Provider string
	CreatedAt        time.Time
	ExpiresAt        time.Time
	// Next is the return path inside the office.
	Next          string
	IP, UserAgent string
}

// Sessions reads sessions; [SignIns] reads pre-sessions.
type Sessions interface {
	// FindSession returns the session with its operator, roles and the
	// parameters' revision, all as of one moment, or ErrNotFound. It does not
	// check whether the session has ended. Every request calls it.
	FindSession(ctx context.Context, d Digest) (SessionView, error)
	// ListSessions returns at most 100 of the operator's sessions, last seen
	// first.
	ListSessions(ctx context.Context, operatorID string) ([]Session, error)
	// TouchSession moves SeenAt, and the operator's LastActiveAt, forward to
	// at. It only updates, so it can never revive an ended session: it then
	// returns ErrNotFound. It is atomic, and called on the hot path.
	TouchSession(ctx context.Context, d Digest, at time.Time) error
	// FindSessionValues returns what PutSessionValues stored, or ErrNotFound.
	FindSessionValues(ctx context.Context, sessionID, name string) ([]byte, error)
}

// PutSession creates a session, and moves the operator's LastActiveAt forward
// to its SeenAt. If the operator then has more than Keep sessions, those seen
// longest ago end, but never this one; if Keep is 0 or less, there is no limit. If
// Device is set, that [Device] of the operator is created, or its LastAt moved
// forward to SeenAt. PutSession fails with ErrExists, and with ErrNotFound if the
// operator does not exist.
type PutSession struct {
	Session Session
	Keep    int
	Device  Digest
}

// CheckSessions changes nothing: it fails with ErrConflict if, at this point of the
// commit, the operator has more than Most sessions. So each of several sign-ins at
// once knows which sessions it ends.
type CheckSessions struct {
	OperatorID string
	Most       int
}

// ReplaceSession gives a session a new digest and the other fields of New, such as
// ProvedAt and EndsAt. The session's values stay, so New.ID and New.OperatorID
// must be those of the old one. It fails with ErrNotFound if there is no such
// session with the old digest, so that an ended session cannot be restored and one
// of two rotations succeeds, and with ErrExists if the new digest is taken.
type ReplaceSession struct {
	Old Digest
	New Session
}

// EndSessions ends sessions of an operator: the one with the ID, or, if All is
// set, all pre-sessions and all sessions except the one whose ID is Except. If
// MustExist is set, it fails with ErrNotFound if it ends no session, so that only
// one of two commits that end the same session succeeds; otherwise, ending nothing
// is not an error. An empty ID is no session's.
type EndSessions struct {
	OperatorID string
	ID         string
	All        bool
	Except     string
	MustExist  bool
}

// PutPreSession creates a pre-session. If the operator then has more than Keep, the
// oldest end, but never this one; if Keep is 0 or less, there is no limit. It fails with
// ErrExists, and with ErrNotFound if the operator does not exist.
type PutPreSession struct {
	PreSession PreSession
	Keep       int
}

// EndPreSession ends a pre-session. It fails with ErrNotFound if it does not
// exist, so that only one of two commits that continue from it succeeds.
type EndPreSession struct{ Digest Digest }

// PutSessionValues stores the host's own bytes with a session; they are deleted
// with it. Empty Data deletes them. It fails with ErrNotFound if the session does
// not exist.
type PutSessionValues struct {
	SessionID, Name string
	Data            []byte
}

func (PutSession) isWrite()       {}
func (CheckSessions) isWrite()    {}
func (ReplaceSession) isWrite()   {}
func (EndSessions) isWrite()      {}
func (PutPreSession) isWrite()    {}
func (EndPreSession) isWrite()    {}
func (PutSessionValues) isWrite() {}
