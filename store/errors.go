package store

import (
	"errors"
	"fmt"
)

// The errors a caller can branch on. Everything else a store returns is a
// system failure. Test with errors.Is.
var (
	// ErrNotFound means that the record does not exist, or no longer exists.
	ErrNotFound = errors.New("store: not found")
	// ErrConflict means that the record changed since it was read: it has another
	// version, revision or attempt. Read it again and decide again.
	ErrConflict = errors.New("store: record changed since it was read")
	// ErrExists means that a record with this identifier already exists.
	ErrExists = errors.New("store: already exists")
	// ErrNameTaken means that another operator, or another role, has the name.
	ErrNameTaken = errors.New("store: name is taken")
	// ErrEmailTaken means that another operator has the email address.
	ErrEmailTaken = errors.New("store: e-mail address is taken")
	// ErrMemberTaken means that another operator is linked to the member.
	ErrMemberTaken = errors.New("store: member already has access")
	// ErrSubjectTaken means that another operator is linked to the account at the identity
	// provider.
	ErrSubjectTaken = errors.New("store: account at the identity provider is linked already")
	// ErrOperatorsExist means that the office is already set up.
	ErrOperatorsExist = errors.New("store: operators exist")
	// ErrLastSuperAdministrator means that the write would take the office's last
	// active super-administrator away.
	ErrLastSuperAdministrator = errors.New("store: last active super-administrator")
	// ErrReplayed means that a one-time code of this step, or of a later one,
	// was accepted before, or that a signature counter did not move forward.
	ErrReplayed = errors.New("store: code was used before")
	// ErrUsed means that a link or recovery code was used before.
	ErrUsed = errors.New("store: already used")
	// ErrExpired means that a link has expired.
	ErrExpired = errors.New("store: expired")
	// ErrUnavailable means that the database cannot be reached, is starting or
	// stopping, did not answer in time, or that others held what the call waited
	// for. Nothing is wrong with the call: it can be made again later. A commit
	// with this error did not happen, or has an unknown outcome; see
	// [Store.Commit].
	ErrUnavailable = errors.New("store: busy or down")
	// ErrReadOnly means that the database cannot be written to at present: it is
	// read-only, or full. Reads may still work. It is an ErrUnavailable, too.
	ErrReadOnly = fmt.Errorf("%w: takes no writes", ErrUnavailable)
	// ErrIncompatible means that this program and what is stored do not fit: tables are missing,
	// or older, or newer than it can use. It is an ErrUnavailable, too: while replicas are
	// replaced one by one, the same request succeeds at another.
	ErrIncompatible = fmt.Errorf("%w: not for this version of the program", ErrUnavailable)
	// ErrUnknownWrite means that the store is older than the write.
	ErrUnknownWrite = errors.New("store: unknown write")
)

// IsAnswer reports whether an error is an answer of the store to a call that it
// understood and did: what was asked for does not exist, or a precondition does not
// hold. Any other error is a failure of the call.
func IsAnswer(err error) bool {
	for _, answer := range [...]error{
		ErrNotFound, ErrConflict, ErrExists, ErrNameTaken, ErrEmailTaken, ErrMemberTaken, ErrSubjectTaken, ErrOperatorsExist,
		ErrLastSuperAdministrator, ErrReplayed, ErrUsed, ErrExpired,
	} {
		if errors.Is(err, answer) {
			return true
		}
	}
	return false
}
