package store

import (
	"context"
	"time"
)

// Answer is what a form was answered, for the same form sent again. Until it
// is made it is a claim, and other requests with the form must wait.
type Answer struct {
	// Key is that of the form. It reveals nothing of it.
	Key Digest
	// Claim names the request that makes the answer, or made it.
	Claim string
	// Sealed is the answer, encrypted; empty for as long as it is only claimed.
	Sealed []byte
	// ExpiresAt is when the answer, or a claim whose request died, becomes void.
	ExpiresAt time.Time
}

// Answers keeps answers for a few minutes. They are not part of a commit, and may be
// lost in a crash: the form is then handled again.
type Answers interface {
	// ClaimAnswer creates the answer, without Sealed, unless there is one with the key
	// that is not void at now; it replaces a void one. It reports whether the answer is
	// now the caller's own. Of many concurrent callers with different claims, at most
	// one gets it. Like a commit, a claim with an error may have been made.
	ClaimAnswer(ctx context.Context, now time.Time, a Answer) (claimed bool, err error)
	// SettleAnswer sets Sealed and ExpiresAt of the answer with this key and claim, or
	// deletes it if Sealed is empty. If there is none, that is not an error.
	SettleAnswer(ctx context.Context, a Answer) error
	// FindAnswer returns the answer with the key, void or not, or ErrNotFound.
	FindAnswer(ctx context.Context, key Digest) (Answer, error)
}
