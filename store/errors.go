package store

import "errors"

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
	// ErrOperatorsExist means that the office is already set up.
	ErrOperatorsExist = errors.New("store: operators exist")
	// ErrLastSuperAdministrator means that the write would take the office's last
	// active super-administrator away.
	ErrLastSuperAdministrator = errors.New("store: last active super-administrator")
	// ErrReplayed means that a one-time code of this step, or of a later one,
	// was accepted before.
	ErrReplayed = errors.New("store: code was used before")
	// ErrUsed means that a link or recovery code was used before.
	ErrUsed = errors.New("store: already used")
	// ErrExpired means that a link has expired.
	ErrExpired = errors.New("store: expired")
	// ErrUnknownWrite means that the store is older than the write.
	ErrUnknownWrite = errors.New("store: unknown write")
)
