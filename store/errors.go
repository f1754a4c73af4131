package store

import "errors"

// The errors a caller can branch on. Everything else a store returns is a
// system failure. Test with errors.Is.
var (
	// ErrNotFound says that the record does not exist, or exists no longer.
	ErrNotFound = errors.New("store: not found")
	// ErrConflict says that the record moved since it was read: another
	// version, another revision, another attempt. Read again and decide again.
	ErrConflict = errors.New("store: record changed since it was read")
	// ErrExists says that a record with this identifier is already there.
	ErrExists = errors.New("store: already exists")
	// ErrNameTaken says that another operator, or another role, has the name.
	ErrNameTaken = errors.New("store: name is taken")
	// ErrEmailTaken says that another operator has the e-mail address.
	ErrEmailTaken = errors.New("store: e-mail address is taken")
	// ErrMemberTaken says that another operator is linked to the member.
	ErrMemberTaken = errors.New("store: member already has access")
	// ErrOperatorsExist says that the office is set up already.
	ErrOperatorsExist = errors.New("store: operators exist")
	// ErrLastSuperAdministrator says that the write would leave the office
	// without an active super-administrator, where there was one before.
	ErrLastSuperAdministrator = errors.New("store: last active super-administrator")
	// ErrReplayed says that a one-time code of this step, or of a later one,
	// was accepted before.
	ErrReplayed = errors.New("store: code was used before")
	// ErrUsed says that a one-time thing (link, recovery code) is spent.
	ErrUsed = errors.New("store: already used")
	// ErrExpired says that a one-time thing is past its time.
	ErrExpired = errors.New("store: expired")
	// ErrUnknownWrite says that the store is older than the write.
	ErrUnknownWrite = errors.New("store: unknown write")
)
