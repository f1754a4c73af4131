package desk

import (
	"context"

	"github.com/postern-go/postern/store"
)

// ReadCode is readCode.
var ReadCode = readCode

// CommitAs is commitAs, for tests of a service that forgets how it is repeated.
func (d *Desk) CommitAs(ctx context.Context, a Actor, writes ...store.Write) error {
	return d.commitAs(ctx, a, "test", writes...)
}

// SubjectOf is the key of an account at the identity provider, for tests.
func SubjectOf(issuer, subject string) string { return subjectOf(issuer, subject) }

// ReadAnswer is readAnswer.
func ReadAnswer(text string) (id, handle, challenge []byte, err error) {
	a, err := readAnswer(text)
	return a.id, a.handle, a.challenge, err
}

// ChallengeLife is challengeLife.
const ChallengeLife = challengeLife

// StrangersCounted is of how many networks the desk keeps in memory what they did.
func (d *Desk) StrangersCounted() int { return len(d.strangers.counts) }
