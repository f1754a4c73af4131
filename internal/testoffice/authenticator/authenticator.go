// Package authenticator is a browser and an authenticator for tests of passkeys, in
// software: it answers the options that a page gives to a browser as Web Authentication
// says, and lies where a test wants it to. Its [Checker] is the other side, for tests that
// are not about the protocol.
package authenticator

import (
	"bytes"
	"cmp"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
)

// Algorithms of keys, as COSE numbers them.
const (
	ES256 = -7
	EdDSA = -8
	RS256 = -257
)

// Key is a passkey with its private key.
type Key struct {
	ID, UserHandle []byte
	Algorithm      int
	Private        crypto.Signer
	// Counter is the last signature counter; it stays 0 if Still is set.
	Counter uint32
	Still   bool
}

// Authenticator has passkeys and shows them to one origin.
type Authenticator struct {
	Origin string
	Keys   []*Key
	// Verifies says that it checks its user, Syncs that its keys are on other devices, too.
	Verifies, Syncs bool
	// Algorithm is that of new keys; 0 is ES256. Bits is the length of RSA keys; 0 is 2048.
	Algorithm, Bits int
}

// New is an authenticator with a PIN, in a browser that shows a page of this origin.
func New(origin string) *Authenticator { return &Authenticator{Origin: origin, Verifies: true} }

// Answer is an answer before it is signed, for a test to change.
type Answer struct {
	// Type, Challenge and Origin are the client data, RPID what the authenticator hashes.
	Type, Challenge, Origin, RPID string
	CrossOrigin                   bool
	// Present, Verified, Eligible and Backed are the flags UP, UV, BE and BS.
	Present, Verified, Eligible, Backed bool
	Counter                             uint32
	// Key is what signs, ID what the answer says it is, Handle the user handle.
	Key        *Key
	ID, Handle []byte
	// Algorithm is what the new key claims to be for.
	Algorithm int
	// Signed changes what was signed.
	Signed func(signature []byte) []byte
}

// Options are what pages give to browsers.
type Options struct {
	Challenge string
	RPID      string `json:"rpId"`
	RP        struct{ ID, Name string }
	User      struct{ ID, Name, DisplayName string }
	Params    []struct {
		Type string
		Alg  int
	} `json:"pubKeyCredParams"`
	AllowList    []Descriptor `json:"allowCredentials"`
	ExcludeList  []Descriptor `json:"excludeCredentials"`
	Verification string       `json:"userVerification"`
	Attestation  string
	Timeout      int
	Selection    struct {
		ResidentKey        string
		RequireResidentKey bool
		UserVerification   string
	} `json:"authenticatorSelection"`
}

// Descriptor names a passkey.
type Descriptor struct {
	Type, ID   string
	Transports []string
}

// Read reads options.
func Read(options string) (Options, error) {
	var o Options
	err := json.Unmarshal([]byte(options), &o)
	return o, err
}

// Create makes a passkey, as navigator.credentials.create does, and returns the answer.
func (a *Authenticator) Create(options string, change ...func(*Answer)) (string, error) {
	o, err := Read(options)
	if err != nil {
		return "", err
	}
	for _, has := range o.ExcludeList {
		if a.find(has.ID) != nil {
			return "", errors.New("InvalidStateError: the authenticator has one of excludeCredentials")
		}
	}
	key, err := a.newKey(unbase64(o.User.ID))
	if err != nil {
		return "", err
	}
	answer := Answer{Type: "webauthn.create", Challenge: o.Challenge, Origin: a.Origin, RPID: o.RP.ID, Present: true, Verified: a.Verifies,
		Eligible: a.Syncs, Backed: a.Syncs, Key: key, ID: key.ID, Algorithm: key.Algorithm}
	for _, f := range change {
		f(&answer)
	}
	a.Keys = append(a.Keys, key)
	data := answer.data(0x40)
	data = append(data, make([]byte, 16)...) // AAGUID
	data = binary.BigEndian.AppendUint16(data, uint16(len(answer.ID)))
	data = append(data, answer.ID...)
	data = append(data, coseKey(key.Private.Public(), answer.Algorithm)...)
	var object cbor
	object.head(5, 3)
	object.text("fmt")
	object.text("none")
	object.text("attStmt")
	object.head(5, 0)
	object.text("authData")
	object.bytes(data)
	return answer.json(map[string]any{"attestationObject": base64url(object.Bytes()), "transports": []string{"internal"}})
}

// Get answers with a passkey, as navigator.credentials.get does: the newest that the options
// allow.
func (a *Authenticator) Get(options string, change ...func(*Answer)) (string, error) {
	o, err := Read(options)
	if err != nil {
		return "", err
	}
	var key *Key
	for _, k := range a.Keys {
		if len(o.AllowList) == 0 || allows(o.AllowList, k.ID) {
			key = k
		}
	}
	if key == nil {
		return "", errors.New("NotAllowedError: no passkey of the options")
	}
	if !key.Still {
		key.Counter++
	}
	answer := Answer{Type: "webauthn.get", Challenge: o.Challenge, Origin: a.Origin, RPID: o.RPID, Present: true, Verified: a.Verifies,
		Eligible: a.Syncs, Backed: a.Syncs, Counter: key.Counter, Key: key, ID: key.ID, Handle: key.UserHandle}
	for _, f := range change {
		f(&answer)
	}
	data := answer.data(0)
	client := sha256.Sum256(answer.client())
	signature, err := answer.Key.sign(append(bytes.Clone(data), client[:]...))
	if err != nil {
		return "", err
	}
	if answer.Signed != nil {
		signature = answer.Signed(signature)
	}
	return answer.json(map[string]any{"authenticatorData": base64url(data), "signature": base64url(signature), "userHandle": base64url(answer.Handle)})
}

func (a *Authenticator) find(id string) *Key {
	for _, k := range a.Keys {
		if base64url(k.ID) == id {
			return k
		}
	}
	return nil
}

func allows(list []Descriptor, id []byte) bool {
	for _, d := range list {
		if d.ID == base64url(id) {
			return true
		}
	}
	return false
}

func (a *Authenticator) newKey(handle []byte) (*Key, error) {
	k := &Key{ID: make([]byte, 32), UserHandle: handle, Algorithm: a.Algorithm}
	rand.Read(k.ID)
	var err error
	switch a.Algorithm {
	case 0, ES256:
		k.Algorithm = ES256
		k.Private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case EdDSA:
		_, k.Private, err = ed25519.GenerateKey(rand.Reader)
	case RS256:
		k.Private, err = rsa.GenerateKey(rand.Reader, cmp.Or(a.Bits, 2048))
	default:
		k.Private, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader) // ES384, which nobody asked for
	}
	return k, err
}

func (k *Key) sign(data []byte) ([]byte, error) {
	if k.Algorithm == EdDSA {
		return k.Private.Sign(rand.Reader, data, crypto.Hash(0))
	}
	digest := sha256.Sum256(data)
	return k.Private.Sign(rand.Reader, digest[:], crypto.SHA256)
}

func (a Answer) data(flags byte) []byte {
	for bit, set := range map[byte]bool{0x01: a.Present, 0x04: a.Verified, 0x08: a.Eligible, 0x10: a.Backed} {
		if set {
			flags |= bit
		}
	}
	hash := sha256.Sum256([]byte(a.RPID))
	return binary.BigEndian.AppendUint32(append(hash[:], flags), a.Counter)
}

func (a Answer) client() []byte {
	return fmt.Appendf(nil, `{"type":%q,"challenge":%q,"origin":%q,"crossOrigin":%t}`, a.Type, a.Challenge, a.Origin, a.CrossOrigin)
}

func (a Answer) json(response map[string]any) (string, error) {
	response["clientDataJSON"] = base64url(a.client())
	text, err := json.Marshal(map[string]any{
		"id": base64url(a.ID), "rawId": base64url(a.ID), "type": "public-key", "authenticatorAttachment": "platform",
		"clientExtensionResults": map[string]any{}, "response": response,
	})
	return string(text), err
}

func base64url(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func unbase64(s string) []byte {
	b, _ := base64.RawURLEncoding.DecodeString(s)
	return b
}

// cbor writes the few kinds of CBOR that answers need.
type cbor struct{ bytes.Buffer }

func (c *cbor) head(major byte, n int) {
	switch {
	case n < 24:
		c.WriteByte(major<<5 | byte(n))
	case n < 1<<8:
		c.Write([]byte{major<<5 | 24, byte(n)})
	default:
		c.Write([]byte{major<<5 | 25, byte(n >> 8), byte(n)})
	}
}

func (c *cbor) text(s string)  { c.head(3, len(s)); c.WriteString(s) }
func (c *cbor) bytes(b []byte) { c.head(2, len(b)); c.Write(b) }

func (c *cbor) number(n int) {
	if n < 0 {
		c.head(1, -1-n)
		return
	}
	c.head(0, n)
}

// coseKey is a public key as COSE_Key (RFC 9053).
func coseKey(public crypto.PublicKey, algorithm int) []byte {
	var c cbor
	pairs := func(kind int, more ...any) {
		c.head(5, 2+len(more)/2)
		for _, n := range []int{1, kind, 3, algorithm} {
			c.number(n)
		}
		for _, value := range more {
			switch value := value.(type) {
			case int:
				c.number(value)
			case []byte:
				c.bytes(value)
			}
		}
	}
	switch key := public.(type) {
	case *ecdsa.PublicKey:
		point, _ := key.Bytes()
		half := len(point) / 2
		curve := 1
		if key.Curve == elliptic.P384() {
			curve = 2
		}
		pairs(2, -1, curve, -2, point[1:1+half], -3, point[1+half:])
	case ed25519.PublicKey:
		pairs(1, -1, 6, -2, []byte(key))
	case *rsa.PublicKey:
		pairs(3, -1, key.N.Bytes(), -2, big.NewInt(int64(key.E)).Bytes())
	}
	return c.Bytes()
}
