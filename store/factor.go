package store

import (
	"context"
	"time"
)

// Factor is a second factor of an operator, such as an authenticator app.
type Factor struct {
	ID         string
	OperatorID string
	// Kind names the method, e.g. "totp".
	Kind string
	// Label is the operator's name for it.
	Label string
	// Secret is ciphertext, bound to the operator and this factor's ID.
	Secret []byte
	// Step is the last accepted time step; only a greater one is accepted.
	Step                   int64
	CreatedAt, ConfirmedAt time.Time
	LastUsedAt             time.Time
	// IP is the IP address it was added from.
	IP string
}

// RecoverySet is an operator's unused recovery codes, hashed with one salt, so
// that one slow hash checks a guess against all of them.
type RecoverySet struct {
	OperatorID string
	Salt       []byte
	// Hashes are those of the unused codes, in no particular order.
	Hashes    [][]byte
	CreatedAt time.Time
}

// Factors reads second factors.
type Factors interface {
	// ListFactors returns the operator's factors, oldest first (CreatedAt,
	// then ID). An operator has a handful.
	ListFactors(ctx context.Context, operatorID string) ([]Factor, error)
	// FindRecoverySet returns the operator's set, even if all its codes are used,
	// or ErrNotFound.
	FindRecoverySet(ctx context.Context, operatorID string) (RecoverySet, error)
}

// PutFactor creates a factor. It fails with ErrExists if the ID exists, for
// example because the same form was posted twice, and with ErrNotFound if the
// operator does not exist.
type PutFactor struct{ Factor Factor }

// AdvanceFactor accepts a code: it moves Step forward and sets LastUsedAt.
// It fails with ErrReplayed if Step is not greater than the stored one (RFC 6238
// section 5.2), and with ErrNotFound if the factor does not exist.
type AdvanceFactor struct {
	ID   string
	Step int64
	At   time.Time
}

// RemoveFactors removes the operator's factor with the ID, and fails with
// ErrNotFound if it does not exist. If All is set, it instead removes every
// factor and the recovery codes, and does not fail if there are none.
type RemoveFactors struct {
	OperatorID, ID string
	All            bool
}

// PutRecoverySet replaces the operator's recovery codes, used and unused. It
// fails with ErrNotFound if the operator does not exist.
type PutRecoverySet struct{ Set RecoverySet }

// UseRecoveryCode uses up a code. It fails with ErrUsed if its hash is not, or no
// longer, in the set, or if there is no set.
type UseRecoveryCode struct {
	OperatorID string
	Hash       []byte
}

func (PutFactor) isWrite()       {}
func (AdvanceFactor) isWrite()   {}
func (RemoveFactors) isWrite()   {}
func (PutRecoverySet) isWrite()  {}
func (UseRecoveryCode) isWrite() {}
