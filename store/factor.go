package store

import (
	"context"
	"time"
)

// Factor is a second factor of an operator, such as an authenticator app or a passkey.
type Factor struct {
	ID         string
	OperatorID string
	// Kind names the method, e.g. [FactorTOTP].
	Kind string
	// Handle is the digest of what identifies the credential to its authenticator, unique
	// among the factors of all operators if set; zero if it has no such name.
	Handle Digest
	// Label is the operator's name for it.
	Label string
	// Secret is ciphertext, bound to the operator and this factor's ID.
	Secret []byte
	// Step is the last accepted time step, or the last signature counter of an
	// authenticator that counts; see [AdvanceFactor].
	Step                   int64
	CreatedAt, ConfirmedAt time.Time
	LastUsedAt             time.Time
	// IP is the IP address it was added from.
	IP string
}

// The kinds of factors.
const (
	// FactorTOTP is an authenticator app.
	FactorTOTP = "totp"
	// FactorPasskey is a WebAuthn credential. It is the one kind that stores know, because
	// a [SessionView] and an [OperatorRow] tell whether there is one.
	FactorPasskey = "passkey"
)

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
// example because the same form was posted twice, or if a factor of any operator has
// the Handle, and with ErrNotFound if the operator does not exist.
type PutFactor struct{ Factor Factor }

// AdvanceFactor accepts a code or a signature: it moves Step forward and sets LastUsedAt.
// It fails with ErrReplayed if Step is not greater than the stored one (RFC 6238
// section 5.2), and with ErrNotFound if the factor does not exist.
//
// If Counts is set, Step is a signature counter (WebAuthn section 7.2): 0 is accepted
// after 0, too, because many authenticators do not count, and Secret, if it is not
// empty, replaces that of the factor.
type AdvanceFactor struct {
	ID     string
	Step   int64
	At     time.Time
	Counts bool
	Secret []byte
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
