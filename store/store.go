package store

import (
	"context"
	"crypto/sha256"
	"time"
)

// Store keeps everything the back office stores. See the package documentation for
// the duties of an implementation; storetest.Run checks them.
type Store interface {
	Operators
	Roles
	Sessions
	SignIns
	Browsers
	Factors
	Tokens
	OpenTokens
	ParametersStore
	Events
	Mails
	SealedStore
	Counters
	Answers

	// Commit applies all of the writes, in order, or none of them. If a
	// precondition fails, the error is one of the sentinels of this package; any
	// other error means that nothing happened, or, if the connection broke while
	// committing, that the outcome is unknown and the caller must treat it as not
	// done.
	Commit(ctx context.Context, writes ...Write) error

	// Purge deletes expired sessions, pre-sessions, links, counters, answers, devices and
	// known browsers, old finished emails, and, up to EventsThrough, the events that
	// PurgeEvents took out of the audit log.
	// It deletes no other events. However much there is to delete, other writers get
	// in between: it works through at most a thousand records at a time. If ctx ends,
	// it returns what was deleted so far and an error, and the next call continues.
	// It is idempotent, and safe to run on several replicas at once.
	Purge(ctx context.Context, p Purge) (Purged, error)

	// Pulse returns what the periodic work needs to know, in one read. It is called
	// every second by every replica, so it must be cheap, however many emails there
	// are.
	Pulse(ctx context.Context) (Pulse, error)
}

// Pulse tells whether there is anything to do, and whether all is well.
type Pulse struct {
	// Reading has the revision of the parameters, and the time of this read.
	Reading
	// ReadOnly reports that the database says that it takes no writes. A store
	// whose database does not say so leaves it false.
	ReadOnly bool
	// Mail is how the queue of emails stands.
	Mail MailQueue
}

// Opener is a store that is not ready when it has been made. It is not part of the
// contract: a store may do without.
type Opener interface {
	// Open makes the store ready, or returns why it cannot. backoffice.New calls it
	// before anything else, on every replica, perhaps on several at once, and again
	// on a store that is open.
	Open(ctx context.Context) error
}

// Pooled is a store with a pool of connections. It is not part of the contract: a
// store may do without.
type Pooled interface {
	// Pool returns how the pool is doing, without asking the database.
	Pool() Pool
}

// Pool is how a pool of connections is doing.
type Pool struct {
	// MaxOpen is how many connections may be open, 0 if there is no limit. Open are,
	// of which InUse are in use.
	MaxOpen, Open, InUse int
	// Waits is how many calls had to wait for a connection, and Waited for how long
	// in total.
	Waits  int64
	Waited time.Duration
}

// Write is one change inside a commit. Only the structs of this package
// implement it; a store switches over them.
type Write interface{ isWrite() }

// Purge selects what [Store.Purge] deletes.
type Purge struct {
	// Now ends sessions if it is at or past EndsAt, and pre-sessions,
	// counters and answers if it is at or past ExpiresAt.
	Now time.Time
	// IdleSince ends sessions with SeenAt before then. If zero, it ends none.
	IdleSince time.Time
	// MailsBefore deletes sent, failed and cancelled emails created before
	// then. If zero, it deletes none.
	MailsBefore time.Time
	// DevicesBefore deletes devices not seen since then. If zero, it deletes none.
	DevicesBefore time.Time
	// BrowsersBefore deletes known browsers not seen since then. If zero, it deletes
	// none.
	BrowsersBefore time.Time
	// EventsThrough is the Seq of the last event that may be deleted, if PurgeEvents
	// took it out of the audit log. If zero, none is.
	EventsThrough int64
	// UsedTokensBefore deletes tokens created before then that are used or, at
	// Now, expired. Keeping them for a while lets the audit log distinguish
	// "used" from "expired". If zero, it deletes none.
	UsedTokensBefore time.Time
}

// Purged counts what was deleted.
type Purged struct {
	Sessions, PreSessions, Tokens, Counters, Answers, Mails, Devices, Browsers int
	// Events counts those that PurgeEvents left to be deleted.
	Events int
}

// Digest is the SHA-256 of a secret token. A store only ever sees digests, so
// a copy of the database opens nothing (ASVS 7.2.3).
type Digest [sha256.Size]byte

// DigestOf returns the digest under which a token is stored.
func DigestOf(token string) Digest {
	var space [64]byte // tokens fit, so that requests allocate nothing for it
	return sha256.Sum256(append(space[:0], token...))
}

// IsZero reports whether the digest is not set.
func (d Digest) IsZero() bool { return d == Digest{} }

// MostAhead is how far in the future a time may be stored without the clock having
// been wrong then: databases that take over from one another differ a little. What a
// time further ahead would permit, such as a link, has expired.
const MostAhead = 5 * time.Minute

// Time converts a time to the form in which stores keep it: UTC, truncated to
// microseconds, without a monotonic reading. A zero time stays zero.
func Time(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}
