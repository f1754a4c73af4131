package oidc

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	// rotatedAfter is how old the keys must be before one that is not among them makes the
	// office read them again, so that a flood of made-up ones does not become one of requests.
	rotatedAfter = time.Minute
	// leastRSA is the least size of an RSA key in bits (ASVS 11.2.3).
	leastRSA = 2048
)

// keySet are the provider's keys for signatures.
type keySet []jose.JSONWebKey

// fetchKeys reads the keys. One that cannot verify a signature is left out.
func (p *Provider) fetchKeys(ctx context.Context) (*keySet, error) {
	m, err := p.metadata.get(ctx, freshFor)
	if err != nil {
		return nil, err
	}
	var raw struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := p.getJSON(ctx, m.Keys, &raw); err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	var keys keySet
	for _, one := range raw.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(one) == nil && usable(key) {
			keys = append(keys, key)
		}
	}
	return &keys, nil
}

// usable reports whether a key is a public one of a kind and size that is accepted.
func usable(key jose.JSONWebKey) bool {
	if key.Use != "" && key.Use != "sig" {
		return false
	}
	switch public := key.Key.(type) {
	case *rsa.PublicKey:
		return public.N.BitLen() >= leastRSA
	case *ecdsa.PublicKey, ed25519.PublicKey:
		return true
	}
	return false
}

// verifySignature returns the payload of a token that one of the keys signed. The caller has
// checked its algorithm.
func (p *Provider) verifySignature(ctx context.Context, token string) ([]byte, error) {
	m, err := p.metadata.get(ctx, freshFor)
	if err != nil {
		return nil, err
	}
	signed, err := jose.ParseSigned(token, signatureAlgorithms(m))
	if err != nil || len(signed.Signatures) != 1 {
		return nil, refused("token")
	}
	for _, age := range []time.Duration{freshFor, rotatedAfter} {
		keys, err := p.keys.get(ctx, age)
		if err != nil {
			return nil, err
		}
		payload, known := keys.verify(signed)
		if payload != nil {
			return payload, nil
		}
		if known {
			return nil, refused("signature")
		}
	}
	return nil, refused("kid")
}

// verify returns the payload if one of the keys signed it. Known reports that the key that the
// token names is among them.
func (k keySet) verify(signed *jose.JSONWebSignature) (payload []byte, known bool) {
	header := signed.Signatures[0].Header
	for _, key := range k {
		if header.KeyID != "" && key.KeyID != header.KeyID || key.Algorithm != "" && key.Algorithm != header.Algorithm {
			continue
		}
		known = known || header.KeyID != ""
		if payload, err := signed.Verify(key.Key); err == nil {
			return payload, true
		}
	}
	return nil, known
}

func signatureAlgorithms(m *metadata) []jose.SignatureAlgorithm {
	var algs []jose.SignatureAlgorithm
	for _, alg := range m.algorithms() {
		algs = append(algs, jose.SignatureAlgorithm(alg))
	}
	return algs
}
