package store

import (
	"context"
	"crypto/sha256"
	"time"
)

// Store is everything the back office keeps. See the package documentation for
// the duties of an implementation; storetest.Run checks them.
type Store interface {
	Operators
	Roles
	Sessions
	Factors
	Devices
	Tokens
	ParametersStore
	Events
	Mails
	Counters

	// Commit makes all of the writes happen, in order, or none of them. The
	// error names the failed precondition with one of the sentinels of this
	// package; any other error means that nothing happened, or, when the
	// connection broke while committing, that the outcome is unknown and the
	// caller must treat it as not done.
	Commit(ctx context.Context, writes ...Write) error

	// Purge deletes what is past its time: sessions, pre-sessions, links,
	// counters and settled mails. It never deletes events. It is safe to run
	// on several replicas at once, and idempotent.
	Purge(ctx context.Context, p Purge) (Purged, error)
}

// Write is one change inside a commit. Only the structs of this package
// implement it; a store switches over them.
type Write interface{ isWrite() }

// Purge says what is past its time.
type Purge struct {
	// Now ends sessions whose EndsAt has come, and pre-sessions and counters
	// whose ExpiresAt has come (Now at or past it).
	Now time.Time
	// IdleSince ends sessions with SeenAt before then. Zero: none.
	IdleSince time.Time
	// MailsBefore deletes sent, failed and cancelled mails created before
	// then. Zero: none.
	MailsBefore time.Time
	// DevicesBefore deletes devices not seen since then. Zero: none.
	DevicesBefore time.Time
	// UsedTokensBefore deletes tokens created before then that are used or, at
	// Now, expired; a while is worth keeping, so that "used" and "expired" can
	// be told apart in the audit. Zero: none are deleted.
	UsedTokensBefore time.Time
}

// Purged counts what was deleted.
type Purged struct {
	Sessions, PreSessions, Tokens, Counters, Mails, Devices int
}

// Digest is the SHA-256 of a secret token. A store only ever sees digests, so
// a copy of the database opens nothing (ASVS 7.2.3).
type Digest [sha256.Size]byte

// DigestOf is the digest under which a token is stored.
func DigestOf(token string) Digest { return sha256.Sum256([]byte(token)) }

// IsZero says whether the digest was never set.
func (d Digest) IsZero() bool { return d == Digest{} }

// Time brings a time to the form in which stores keep it: UTC, cut to
// microseconds, without a monotonic reading. A zero time stays zero.
func Time(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}
