package store

import (
	"context"
	"time"
)

// Token is a one-time link, known by the digest of its secret part.
type Token struct {
	Digest  Digest
	Purpose string
	// Subject is whom it is for: an operator's ID, or, for the community's own
	// links, a member's.
	Subject              string
	CreatedAt, ExpiresAt time.Time
	// UsedAt is zero until the token is consumed.
	UsedAt time.Time
	// CreatedBy is the operator who made it; empty when its subject did.
	CreatedBy string
}

// The purposes of the office's own tokens. A token of one purpose is nothing
// under another.
const (
	PurposeSetup  = "setup"
	PurposeInvite = "invite"
	PurposeReset  = "reset"
)

// Tokens reads one-time links.
type Tokens interface {
	// FindToken returns the token of this purpose, used and expired ones
	// included, or ErrNotFound.
	FindToken(ctx context.Context, d Digest, purpose string) (Token, error)
}

// PutToken creates a token and revokes (deletes) the other unused ones of the
// same purpose and subject. Fails with ErrExists.
type PutToken struct{ Token Token }

// ConsumeToken spends a token. Fails with ErrNotFound (never existed, revoked,
// or of another purpose), ErrUsed, or ErrExpired when Now is at or past
// ExpiresAt.
type ConsumeToken struct {
	Digest  Digest
	Purpose string
	Now     time.Time
}

// RevokeTokens deletes the unused tokens of a subject: those of one purpose,
// or of every purpose when Purpose is empty.
type RevokeTokens struct{ Subject, Purpose string }

func (PutToken) isWrite()     {}
func (ConsumeToken) isWrite() {}
func (RevokeTokens) isWrite() {}
