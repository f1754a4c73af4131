package desk

import (
	"encoding/json"
	"fmt"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// passkeyRecord is a passkey as it is sealed, with the host it is bound to.
type passkeyRecord struct {
	RPID string
	Passkey
}

// held is a passkey that an operator has.
type held struct {
	store.Factor
	passkeyRecord
}

// sealPasskey encrypts the record of a passkey for its place.
func (d *Desk) sealPasskey(operatorID, factorID string, r passkeyRecord) ([]byte, error) {
	plain, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("write passkey: %w", err)
	}
	return d.Vault.Seal(vault.FactorSecrets, FactorPlace(operatorID, factorID), plain), nil
}

func (d *Desk) openPasskey(f store.Factor) (held, error) {
	plain, err := d.Vault.Open(vault.FactorSecrets, FactorPlace(f.OperatorID, f.ID), f.Secret)
	if err != nil {
		return held{}, fmt.Errorf("read passkey: %w", err)
	}
	h := held{Factor: f}
	if err := json.Unmarshal(plain, &h.passkeyRecord); err != nil {
		return held{}, fmt.Errorf("read passkey: %w", err)
	}
	return h, nil
}

// usable are the passkeys among factors that can be used here: not those that no secret
// decrypts, nor those that were made before the community moved to another host.
func (d *Desk) usable(factors []store.Factor) (all []held) {
	if !d.HasPasskeys() {
		return nil
	}
	for _, f := range factors {
		if f.Kind != store.FactorPasskey {
			continue
		}
		if h, err := d.openPasskey(f); err == nil && h.RPID == d.PasskeyHost() {
			all = append(all, h)
		}
	}
	return all
}

// known are passkeys as a request names them.
func known(all []held) []Passkey {
	var passkeys []Passkey
	for _, h := range all {
		passkeys = append(passkeys, h.Passkey)
	}
	return passkeys
}

// passkeyHandle is what keeps a credential id unique over all operators.
func passkeyHandle(credentialID []byte) store.Digest { return store.DigestOf(string(credentialID)) }
