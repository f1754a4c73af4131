package passkey

import (
	"errors"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/postern-go/postern/backoffice"
)

var errMalformed = errors.New("malformed answer")

// checkClient names what an answer was given for, if that is not what was asked. The library
// checks it again; but it folds the case of origins, and says nothing that belongs into an
// audit log.
func checkClient(r backoffice.PasskeyRequest, c *protocol.CollectedClientData) error {
	switch {
	case c.Challenge != protocol.URLEncodedBase64(r.Challenge).String():
		return errors.New("wrong challenge")
	case c.Origin != r.Origin:
		return fmt.Errorf("wrong origin %.200q", c.Origin)
	case c.CrossOrigin || c.TopOrigin != "":
		return fmt.Errorf("in a frame of another origin %.200q", c.TopOrigin)
	}
	return nil
}

// refusal says in one line why the library refuses an answer. What it adds for developers
// stays out of the audit log.
func refusal(err error) error {
	reason := (*protocol.Error)(nil)
	if errors.As(err, &reason) {
		return errors.New(reason.Details)
	}
	return errors.New("refused")
}

// checkKey accepts keys that are strong enough.
func checkKey(key []byte) error {
	if len(key) > mostKey {
		return fmt.Errorf("a public key of %d bytes", len(key))
	}
	parsed, err := webauthncose.ParsePublicKey(key)
	if err != nil {
		return errors.New("a public key that cannot be read")
	}
	if rsa, ok := parsed.(webauthncose.RSAPublicKeyData); ok && len(rsa.Modulus) < leastRSA {
		return fmt.Errorf("an RSA key of %d bits", 8*len(rsa.Modulus))
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
