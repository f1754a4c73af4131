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
}

// The purposes of the office's own tokens. A token works for one purpose only.
const (
	PurposeSetup  = "setup"
	PurposeInvite = "invite"
	PurposeReset  = "reset"
)

// Tokens reads one-time links.
type Tokens interface {
	// FindToken returns the token with this purpose, even if it is used or
	// expired, or ErrNotFound.
	FindToken(ctx context.Context, d Digest, purpose string) (Token, error)
}

// PutToken creates a token and revokes (deletes) the other unused ones of the same
// purpose and subject; but one that its subject asked for, which has no CreatedBy,
// revokes none that someone else created. It fails with ErrExists.
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
