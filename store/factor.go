package store

import (
	"context"
	"time"
)

// Factor is one second factor of an operator, say an authenticator app.
type Factor struct {
	ID         string
	OperatorID string
	// Kind names the method, e.g. "totp".
	Kind string
	// Label is what the operator calls it.
	Label string
	// Secret is ciphertext, bound to the operator and this factor's ID.
	Secret []byte
	// Step is the last accepted time step; only a greater one is accepted.
	Step                   int64
	CreatedAt, ConfirmedAt time.Time
	LastUsedAt             time.Time
	// IP is where it was added from.
	IP string
}

// RecoverySet is an operator's unused recovery codes, hashed with one salt, so
// that one slow hash checks a guess against all of them.
type RecoverySet struct {
	OperatorID string
	Salt       []byte
	// Hashes are of the codes not used yet, in no particular order.
	Hashes    [][]byte
	CreatedAt time.Time
}

// Factors reads second factors.
type Factors interface {
	// ListFactors returns the operator's factors, oldest first (CreatedAt,
	// then ID). An operator has a handful.
	ListFactors(ctx context.Context, operatorID string) ([]Factor, error)
	// FindRecoverySet returns the operator's set, also when every code of it
	// is used, or ErrNotFound.
	FindRecoverySet(ctx context.Context, operatorID string) (RecoverySet, error)
}

// PutFactor creates a factor. Fails with ErrExists (the ID is there already,
// say by the same form posted twice), and with ErrNotFound when the operator
// is gone.
type PutFactor struct{ Factor Factor }

// AdvanceFactor accepts a code: it moves Step forward and sets LastUsedAt.
// Fails with ErrReplayed when Step is not greater than the stored one, and
// with ErrNotFound when the factor is gone. (RFC 6238 section 5.2.)
type AdvanceFactor struct {
	ID   string
	Step int64
	At   time.Time
}

// RemoveFactors removes the operator's factor with the ID, and fails with
// ErrNotFound when it is gone. With All it removes every factor and the recovery
// codes instead; none is not an error.
type RemoveFactors struct {
	OperatorID, ID string
	All            bool
}

// PutRecoverySet replaces the operator's recovery codes, used and unused.
// Fails with ErrNotFound when the operator is gone.
type PutRecoverySet struct{ Set RecoverySet }

// UseRecoveryCode spends a code. Fails with ErrUsed when its hash is not in
// the set (any more), or there is no set.
type UseRecoveryCode struct {
	OperatorID string
	Hash       []byte
}

func (PutFactor) isWrite()       {}
func (AdvanceFactor) isWrite()   {}
func (RemoveFactors) isWrite()   {}
func (PutRecoverySet) isWrite()  {}
func (UseRecoveryCode) isWrite() {}
