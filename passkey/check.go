package passkey

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/postern-go/postern/backoffice"
)

var errMalformed = errors.New("malformed answer")

// checkClient names what an answer was given for, if that is not what was asked. The library
// checks it again; but it folds the case of origins, and what it says does not belong in an
// audit log.
func checkClient(r backoffice.PasskeyRequest, c *protocol.CollectedClientData) error {
	switch {
	case c.Challenge != protocol.URLEncodedBase64(r.Challenge).String():
		return errors.New("wrong challenge")
	case c.Origin != r.Origin:
		return fmt.Errorf("wrong origin: %.200q", c.Origin)
	case c.CrossOrigin || c.TopOrigin != "":
		return fmt.Errorf("in a frame of another origin: %.200q", c.TopOrigin)
	}
	return nil
}

// checkData names what the authenticator says, if that is not what was asked. The library
// checks that again, too.
func checkData(r backoffice.PasskeyRequest, data *protocol.AuthenticatorData) error {
	hash := sha256.Sum256([]byte(r.RPID))
	switch {
	case !bytes.Equal(data.RPIDHash, hash[:]):
		return errors.New("wrong relying party")
	case !data.Flags.HasUserPresent():
		return errors.New("user not present")
	case r.VerifyUser && !data.Flags.HasUserVerified():
		return errors.New("user not verified")
	}
	return nil
}

// refusal says in one line why the library refuses an answer.
func refusal(err error) error {
	reason := (*protocol.Error)(nil)
	switch {
	case !errors.As(err, &reason):
		return errors.New("the passkey was refused: it is not right")
	case reason.Type == protocol.ErrAssertionSignature.Type:
		return errors.New("wrong signature")
	}
	return fmt.Errorf("the passkey was refused: %.200s", reason.Details)
}

// checkKey accepts keys of the algorithms that were asked for, and that are strong enough.
func checkKey(key []byte) error {
	refused := func(what string) error { return fmt.Errorf("a key that is not accepted: %s", what) }
	if len(key) > mostKey {
		return refused(fmt.Sprintf("%d bytes", len(key)))
	}
	parsed, err := webauthncose.ParsePublicKey(key)
	if err != nil {
		return refused("unreadable")
	}
	algorithm := int64(0)
	switch parsed := parsed.(type) {
	case webauthncose.EC2PublicKeyData:
		algorithm = parsed.Algorithm
	case webauthncose.OKPPublicKeyData:
		algorithm = parsed.Algorithm
	case webauthncose.RSAPublicKeyData:
		if algorithm = parsed.Algorithm; len(parsed.Modulus) < leastRSA {
			return refused(fmt.Sprintf("RSA of %d bits", 8*len(parsed.Modulus)))
		}
	}
	if !slices.ContainsFunc(algorithms, func(p protocol.CredentialParameter) bool { return int64(p.Algorithm) == algorithm }) {
		return refused(fmt.Sprintf("algorithm %d", algorithm))
	}
	return nil
}

// mostTransports is how many transports of a passkey are kept, and mostTransport how long the name of one may be.
const (
	mostTransports = 8
	mostTransport  = 32
)

// transports are what the browser reported, within bounds: they come back to it in the
// options, and no one vouches for them.
func transports(reported []protocol.AuthenticatorTransport) []string {
	var kept []string
	for _, t := range reported {
		if len(t) > 0 && len(t) <= mostTransport && len(kept) < mostTransports {
			kept = append(kept, string(t))
		}
	}
	return kept
}

// user is the operator of a request, as the library wants it.
type user struct{ backoffice.PasskeyRequest }

func (u user) WebAuthnID() []byte                         { return u.UserID }
func (u user) WebAuthnName() string                       { return u.UserName }
func (u user) WebAuthnDisplayName() string                { return u.UserDisplayName }
func (u user) WebAuthnCredentials() []webauthn.Credential { return credentials(u.Known) }

// credentials are passkeys as the library wants them.
func credentials(known []backoffice.Passkey) []webauthn.Credential {
	var all []webauthn.Credential
	for _, p := range known {
		c := webauthn.Credential{
			ID: p.ID, PublicKey: p.PublicKey,
			Flags:         webauthn.CredentialFlags{UserPresent: true, UserVerified: p.UserVerified, BackupEligible: p.Copies, BackupState: p.Copied},
			Authenticator: webauthn.Authenticator{AAGUID: p.AAGUID, SignCount: p.Counter},
		}
		for _, t := range p.Transports {
			c.Transport = append(c.Transport, protocol.AuthenticatorTransport(t))
		}
		all = append(all, c)
	}
	return all
}
