package store

import (
	"context"
	"time"
)

// Token is a one-time link, known by the digest of its secret part.
type Token struct {
	Digest  Digest
	Purpose string
	// Subject is the ID of the recipient: an operator, or, for the community's own
	// links, a member.
	Subject              string
	CreatedAt, ExpiresAt time.Time
	// UsedAt is zero until the token is consumed.
	UsedAt time.Time
	// CreatedBy is the operator who created it; empty if its subject did.
	CreatedBy string
	// Home stands for the office address in the link, which works only while the office
	// has it, without telling it; empty for links to other places.
	Home string
	// Sealed is what the token is for, encrypted by the caller, at most 64 KiB; empty for
	// most. [SealedStore] does not list it: a token that nothing decrypts any more is
	// void.
	Sealed []byte
}

// The purposes of the office's own tokens. A token works for one purpose only.
const (
	PurposeSetup  = "setup"
	PurposeInvite = "invite"
	PurposeReset  = "reset"
	// PurposeAct is for what leads nowhere: an act of the host that has begun, until its
	// outcome is in the audit log.
	PurposeAct = "act"
	// PurposeCeremony is for the challenges that were answered, which are stored as used.
	PurposeCeremony = "ceremony"
	// PurposeApproval is for what waits until a second operator approves of it.
	PurposeApproval = "approval"
)

// Tokens reads one-time links.
type Tokens interface {
	// FindToken returns the token with this purpose, even if it is used or
	// expired, or ErrNotFound.
	FindToken(ctx context.Context, d Digest, purpose string) (Token, error)
}

// OpenTokens lists the one-time links that lead to the office.
type OpenTokens interface {
	// ListTokens returns the unused tokens that a query selects, in the order of Home,
	// ExpiresAt and Digest. Its cost must not depend on how many others there are, except
	// for those that have expired unused.
	ListTokens(ctx context.Context, q TokenQuery) ([]Token, error)
}

// TokenQuery selects unused tokens of a purpose that expire after Now.
type TokenQuery struct {
	Purpose string
	// Home must be that of the token. With Others, the token must have another one;
	// those without any are not selected.
	Home   string
	Others bool
	Now    time.Time
	// After is the last token of the previous page. If nil, the page begins with the
	// first.
	After *Token
	// Limit is as in [PageLimit].
	Limit int
}

// PutToken creates a token and revokes (deletes) the other unused ones of the same
// purpose and subject; but one that its subject asked for, which has no CreatedBy,
// revokes none that someone else created. It fails with ErrExists. So a secret that no
// token announced is spent once by storing its token with UsedAt set.
type PutToken struct{ Token Token }

// ConsumeToken uses up a token. It fails with ErrNotFound (never existed, revoked,
// or for another purpose), ErrUsed, or ErrExpired if Now is at or past ExpiresAt.
type ConsumeToken struct {
	Digest  Digest
	Purpose string
	Now     time.Time
}

// RevokeTokens deletes the unused tokens of a subject: those with the Purpose, or
// all if Purpose is empty.
type RevokeTokens struct{ Subject, Purpose string }

func (PutToken) isWrite()     {}
func (ConsumeToken) isWrite() {}
func (RevokeTokens) isWrite() {}
