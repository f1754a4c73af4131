package authenticator

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/postern-go/postern/internal/desk"
)

// Checker checks answers of this package: keys for ES256, without attestation. Package
// passkey has the one for applications.
type Checker struct{}

var _ desk.Passkeys = Checker{}

func (Checker) CreationOptions(r desk.PasskeyRequest) ([]byte, error) {
	return json.Marshal(map[string]any{
		"challenge": base64url(r.Challenge), "rp": map[string]string{"id": r.RPID, "name": r.RPName},
		"user": map[string]string{"id": base64url(r.UserID), "name": r.UserName, "displayName": r.UserDisplayName}, "excludeCredentials": descriptors(r),
		"pubKeyCredParams": []map[string]any{{"type": "public-key", "alg": ES256}}, "attestation": "none",
		"authenticatorSelection": map[string]any{"residentKey": "preferred", "userVerification": "preferred"},
	})
}

func (Checker) RequestOptions(r desk.PasskeyRequest) ([]byte, error) {
	return json.Marshal(map[string]any{"challenge": base64url(r.Challenge), "rpId": r.RPID, "allowCredentials": descriptors(r), "userVerification": "preferred"})
}

func descriptors(r desk.PasskeyRequest) []map[string]any {
	all := []map[string]any{}
	for _, p := range r.Known {
		all = append(all, map[string]any{"type": "public-key", "id": base64url(p.ID), "transports": p.Transports})
	}
	return all
}

// answer is what both kinds of answers hold.
type answer struct {
	RawID    string
	Response struct{ ClientDataJSON, AttestationObject, AuthenticatorData, Signature, UserHandle string }
}

func read(r desk.PasskeyRequest, kind string, text []byte) (a answer, err error) {
	if err := json.Unmarshal(text, &a); err != nil {
		return a, errors.New("malformed answer")
	}
	var client struct {
		Type, Challenge, Origin string
		CrossOrigin             bool
	}
	switch err := json.Unmarshal(unbase64(a.Response.ClientDataJSON), &client); {
	case err != nil || client.Type != kind || client.CrossOrigin:
		return a, errors.New("malformed answer")
	case client.Challenge != base64url(r.Challenge):
		return a, errors.New("wrong challenge")
	case client.Origin != r.Origin:
		return a, fmt.Errorf("wrong origin: %.200q", client.Origin)
	}
	return a, nil
}

// checkData checks what an authenticator signs, and returns its flags and its counter.
func checkData(r desk.PasskeyRequest, data []byte) (flags byte, counter uint32, err error) {
	hash := sha256.Sum256([]byte(r.RPID))
	switch {
	case len(data) < 37 || !bytes.Equal(data[:32], hash[:]):
		return 0, 0, errors.New("wrong relying party")
	case data[32]&0x01 == 0:
		return 0, 0, errors.New("user not present")
	case r.VerifyUser && data[32]&0x04 == 0:
		return 0, 0, errors.New("user not verified")
	}
	return data[32], binary.BigEndian.Uint32(data[33:]), nil
}

func (Checker) Created(r desk.PasskeyRequest, text []byte) (desk.Passkey, error) {
	a, err := read(r, "webauthn.create", text)
	if err != nil {
		return desk.Passkey{}, err
	}
	_, data, ok := bytes.Cut(unbase64(a.Response.AttestationObject), []byte("authData"))
	if !ok || len(data) < 2+37+18 {
		return desk.Passkey{}, errors.New("malformed answer")
	}
	data = data[2:] // how long it is
	flags, counter, err := checkData(r, data)
	if err != nil {
		return desk.Passkey{}, err
	}
	length := int(binary.BigEndian.Uint16(data[37+16:]))
	rest := data[37+18:]
	if len(rest) < length || !bytes.Equal(rest[:length], unbase64(a.RawID)) {
		return desk.Passkey{}, errors.New("malformed answer")
	}
	return desk.Passkey{ID: rest[:length], PublicKey: rest[length:], Transports: []string{"internal"}, AAGUID: data[37 : 37+16], Counter: counter,
		UserVerified: flags&0x04 != 0, Copies: flags&0x08 != 0, Copied: flags&0x10 != 0}, nil
}

func (Checker) Used(r desk.PasskeyRequest, of desk.Passkey, text []byte) (desk.PasskeyUse, error) {
	a, err := read(r, "webauthn.get", text)
	if err != nil {
		return desk.PasskeyUse{}, err
	}
	if h := unbase64(a.Response.UserHandle); len(h) > 0 && !bytes.Equal(h, r.UserID) {
		return desk.PasskeyUse{}, errors.New("wrong user handle")
	}
	data, client := unbase64(a.Response.AuthenticatorData), sha256.Sum256(unbase64(a.Response.ClientDataJSON))
	flags, counter, err := checkData(r, data)
	if err != nil {
		return desk.PasskeyUse{}, err
	}
	digest := sha256.Sum256(append(bytes.Clone(data), client[:]...))
	point := append([]byte{4}, append(bytes.Clone(between(of.PublicKey, "\x21\x58\x20")), between(of.PublicKey, "\x22\x58\x20")...)...)
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil || !ecdsa.VerifyASN1(key, digest[:], unbase64(a.Response.Signature)) {
		return desk.PasskeyUse{}, errors.New("wrong signature")
	}
	return desk.PasskeyUse{Counter: counter, UserVerified: flags&0x04 != 0, Copied: flags&0x10 != 0}, nil
}

// between returns the 32 bytes after a mark.
func between(b []byte, mark string) []byte {
	_, rest, _ := bytes.Cut(b, []byte(mark))
	return rest[:min(len(rest), 32)]
}
