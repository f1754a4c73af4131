package reset

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/postern-go/postern/store"
)

const (
	// tokenBytes is the number of random bytes in a token (ASVS 11.5.1 requires
	// 16).
	tokenBytes = 32
	// tokenChars is its length in base64url without padding.
	tokenChars = 43
)

// Make creates a link for the subject, and the write that stores it. Nothing is
// stored yet: commit the write together with related changes. The write revokes the
// subject's older links of this purpose, as [store.PutToken] says. createdBy is the id of the operator who
// creates the link for someone else; empty if the subject requested it.
//
// It fails if links are off, if subject is empty, and if the policy's life is out
// of range.
func (l *Links) Make(subject, createdBy string) (Link, store.PutToken, error) {
	var raw [tokenBytes]byte
	rand.Read(raw[:])
	return l.makeOf(linkOf(raw), subject, createdBy)
}

// makeOf is Make for a link with a new token.
func (l *Links) makeOf(link Link, subject, createdBy string) (Link, store.PutToken, error) {
	if err := l.off(); err != nil {
		return Link{}, store.PutToken{}, err
	}
	if subject == "" {
		return Link{}, store.PutToken{}, errors.New("reset: make link: no subject")
	}
	p := l.policy()
	if err := p.checkLife(l.purpose); err != nil {
		return Link{}, store.PutToken{}, err
	}
	now := l.time()
	return link, store.PutToken{Token: store.Token{
		Digest:    store.DigestOf(link.Token()),
		Purpose:   l.purpose,
		Subject:   subject,
		CreatedAt: now,
		ExpiresAt: store.Time(now.Add(p.Life)),
		CreatedBy: createdBy,
	}}, nil
}

func linkOf(raw [tokenBytes]byte) Link {
	token := base64.RawURLEncoding.EncodeToString(raw[:])
	return Link{token: &token}
}

// Find returns the stored token, without spending it. token is any text that
// [ParseToken] accepts; a text that it refuses costs no read of the store. A link
// created in the future, while the clock was wrong, has expired.
//
// The error is ErrUnknown, ErrUsed or ErrExpired, all of them ErrLink; with the
// latter two, Find also returns the token, for the audit log. Any other error means
// "not now". The token may stop working a moment later: only committing
// [Links.Spend] decides.
func (l *Links) Find(ctx context.Context, token string) (store.Token, error) {
	if err := l.off(); err != nil {
		return store.Token{}, err
	}
	token, err := ParseToken(token)
	if err != nil {
		return store.Token{}, err
	}
	found, err := l.store.FindToken(ctx, store.DigestOf(token), l.purpose)
	switch now := l.time(); {
	case errors.Is(err, store.ErrNotFound):
		return store.Token{}, ErrUnknown
	case err != nil:
		return store.Token{}, fmt.Errorf("reset: find link: %w", err)
	case !found.UsedAt.IsZero():
		return found, ErrUsed
	case !now.Before(found.ExpiresAt), found.CreatedAt.Sub(now) > store.MostAhead:
		return found, ErrExpired
	}
	return found, nil
}

// Spend returns the write that spends a link. Commit it with the change that the
// link is for, before the other writes, and pass the commit's error to [LinkError].
// token is any text that [ParseToken] accepts; with any other text, and while links
// are off, the write fails in every store with store.ErrNotFound.
func (l *Links) Spend(token string) store.ConsumeToken {
	if l.off() != nil {
		return store.ConsumeToken{}
	}
	write := store.ConsumeToken{Purpose: l.purpose, Now: l.time()}
	if token, err := ParseToken(token); err == nil {
		write.Digest = store.DigestOf(token)
	}
	return write
}
