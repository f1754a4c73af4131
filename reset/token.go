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
	// tokenBytes is how much chance is in a token (ASVS 11.5.1 asks for 16).
	tokenBytes = 32
	// tokenChars is how long it is in base64url without padding.
	tokenChars = 43
)

// Make makes a link for the subject, and the write that stores it. Nothing is
// stored yet: commit the write, together with what belongs to it. The write
// kills the subject's older link of this purpose. CreatedBy is the id of the
// operator who makes it for somebody else; empty when the subject asked.
//
// It fails when links are off, without a subject, and when the policy's life is
// out of range.
func (l *Links) Make(subject, createdBy string) (Link, store.PutToken, error) {
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
	var raw [tokenBytes]byte
	rand.Read(raw[:])
	link, now := linkOf(raw), l.time()
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

// Find returns the stored token, without spending it. The text is whatever
// [ParseToken] takes; what it refuses costs no read of the store.
//
// The error is ErrUnknown, ErrUsed or ErrExpired, all of them ErrLink; with the
// latter two the token comes along, for the audit. Any other error means "not
// now". A token found can be gone a moment later: only committing [Links.Spend]
// decides.
func (l *Links) Find(ctx context.Context, token string) (store.Token, error) {
	if err := l.off(); err != nil {
		return store.Token{}, err
	}
	token, err := ParseToken(token)
	if err != nil {
		return store.Token{}, err
	}
	found, err := l.store.FindToken(ctx, store.DigestOf(token), l.purpose)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return store.Token{}, ErrUnknown
	case err != nil:
		return store.Token{}, fmt.Errorf("reset: find link: %w", err)
	case !found.UsedAt.IsZero():
		return found, ErrUsed
	case !l.time().Before(found.ExpiresAt):
		return found, ErrExpired
	}
	return found, nil
}

// Spend is the write that spends a link. Commit it with the change that the link
// is for, before the other writes, and pass the commit's error through
// [LinkError]. The text is whatever [ParseToken] takes; of anything else, and
// while links are off, the write fails in every store with store.ErrNotFound.
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
