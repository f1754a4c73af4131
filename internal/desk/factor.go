package desk

import (
	"errors"
	"fmt"
	"time"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

// factorMethod is a kind of second factor. Authenticator apps are the one kind
// so far; passkeys will be another.
type factorMethod interface {
	// wellFormed refuses, as *InvalidError, what cannot be a response at all.
	wellFormed(input string) error
	// verify returns the write that spends the response, nil when it does not
	// fit, and an error when the factor itself cannot be read.
	verify(f store.Factor, input string, now time.Time) (store.Write, error)
}

// kindTOTP is the stored kind of authenticator apps.
const kindTOTP = "totp"

// totpMethod is RFC 6238: SHA-1, 6 digits, 30 seconds, one step either way.
type totpMethod struct{ vault *vault.Vault }

var totpOptions = totp.Options{}

func (totpMethod) wellFormed(input string) error {
	_, err := totp.Verify(blankSecret, input, time.Unix(0, 0), totpOptions)
	if errors.Is(err, totp.ErrMalformed) {
		bad := &InvalidError{}
		bad.Add("code", "not_code", "Enter the 6 digits that your authenticator app shows.")
		return bad
	}
	return nil
}

// blankSecret only lets the form of a code be looked at.
var blankSecret = func() totp.Secret {
	s, err := totp.SecretFromBytes(make([]byte, 20))
	if err != nil {
		panic("desk: " + err.Error())
	}
	return s
}()

func (m totpMethod) verify(f store.Factor, input string, now time.Time) (store.Write, error) {
	if f.Kind != kindTOTP {
		return nil, nil
	}
	plain, err := m.vault.Open(vault.FactorSecrets, factorPlace(f.OperatorID, f.ID), f.Secret)
	if err != nil {
		return nil, err
	}
	secret, err := totp.SecretFromBytes(plain)
	clear(plain)
	if err != nil {
		return nil, fmt.Errorf("read secret: %w", err)
	}
	step, err := totp.Verify(secret, input, now, totpOptions)
	if errors.Is(err, totp.ErrMismatch) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return store.AdvanceFactor{ID: f.ID, Step: step, At: now}, nil
}

// factorPlace binds a secret to its operator and row, so that one cannot be
// put in another's place.
func factorPlace(operatorID, factorID string) string {
	return "factors/secret/" + operatorID + "/" + factorID
}
