package passkey

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/postern-go/postern/backoffice"
)

// Timeout is how long browsers wait for people, which is as long as a challenge is good for.
const Timeout = 5 * time.Minute

// algorithms are those of passkeys, the preferred first. Every authenticator in use has one
// of them.
var algorithms = []protocol.CredentialParameter{
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgES256},
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgEdDSA},
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgRS256},
}

// leastRSA is how long an RSA modulus must be, in bytes (NIST SP 800-131A).
const leastRSA = 2048 / 8

// mostKey is how long a public key may be, in bytes: RSA of 8192 bits with room to spare.
const mostKey = 2048

// New returns what Config.Passkeys needs. It has no settings: the office says what to ask
// for, and its Origin where.
func New() backoffice.Passkeys { return checker{} }

// checker implements [backoffice.Passkeys].
type checker struct{}

// party is the relying party of one request. Its settings are those of the request alone.
func party(r backoffice.PasskeyRequest) (*webauthn.WebAuthn, error) {
	timeout := webauthn.TimeoutConfig{Timeout: Timeout, TimeoutUVD: Timeout} // the challenge ends itself
	return webauthn.New(&webauthn.Config{
		RPID: r.RPID, RPDisplayName: r.RPName, RPOrigins: []string{r.Origin},
		AttestationPreference: protocol.PreferNoAttestation,
		Timeouts:              webauthn.TimeoutsConfig{Login: timeout, Registration: timeout},
		// Password managers report extensions that nobody asked for. None is used here.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	})
}

// verification is what is asked of the authenticator about its user.
func verification(r backoffice.PasskeyRequest) protocol.UserVerificationRequirement {
	if r.VerifyUser {
		return protocol.VerificationRequired
	}
	return protocol.VerificationPreferred
}

func (checker) CreationOptions(r backoffice.PasskeyRequest) ([]byte, error) {
	rp, err := party(r)
	if err != nil {
		return nil, fmt.Errorf("make passkey options: %w", err)
	}
	selection := protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementPreferred, UserVerification: verification(r)}
	if r.Discoverable {
		selection.ResidentKey, selection.RequireResidentKey = protocol.ResidentKeyRequirementRequired, protocol.ResidentKeyRequired()
	}
	options, _, err := rp.BeginRegistration(user{r},
		webauthn.WithCredentialParameters(algorithms), webauthn.WithAuthenticatorSelection(selection),
		webauthn.WithExclusions(webauthn.Credentials(credentials(r.Known)).CredentialDescriptors()),
		func(o *protocol.PublicKeyCredentialCreationOptions) error {
			o.Challenge = r.Challenge
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("make passkey options: %w", err)
	}
	return json.Marshal(options.Response)
}

func (checker) RequestOptions(r backoffice.PasskeyRequest) ([]byte, error) {
	rp, err := party(r)
	if err != nil {
		return nil, fmt.Errorf("make passkey options: %w", err)
	}
	options, _, err := rp.BeginDiscoverableLogin(webauthn.WithUserVerification(verification(r)), webauthn.WithChallenge(r.Challenge),
		webauthn.WithAllowedCredentials(webauthn.Credentials(credentials(r.Known)).CredentialDescriptors()))
	if err != nil {
		return nil, fmt.Errorf("make passkey options: %w", err)
	}
	return json.Marshal(options.Response)
}

func (checker) Created(r backoffice.PasskeyRequest, answer []byte) (backoffice.Passkey, error) {
	rp, err := party(r)
	if err != nil {
		return backoffice.Passkey{}, fmt.Errorf("check passkey: %w", err)
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return backoffice.Passkey{}, errMalformed
	}
	data := parsed.Response.AttestationObject.AuthData
	if err := cmp.Or(checkClient(r, &parsed.Response.CollectedClientData), checkData(r, &data), checkKey(data.AttData.CredentialPublicKey)); err != nil {
		return backoffice.Passkey{}, err
	}
	made, err := rp.CreateCredential(user{r}, webauthn.SessionData{
		Challenge: protocol.URLEncodedBase64(r.Challenge).String(), RelyingPartyID: r.RPID, UserID: r.UserID,
		UserVerification: verification(r), CredParams: algorithms,
	}, parsed)
	if err != nil {
		return backoffice.Passkey{}, refusal(err)
	}
	return backoffice.Passkey{
		ID: made.ID, PublicKey: made.PublicKey, Transports: transports(made.Transport), AAGUID: made.Authenticator.AAGUID,
		Counter:      made.Authenticator.SignCount,
		UserVerified: made.Flags.UserVerified, Copies: made.Flags.BackupEligible, Copied: made.Flags.BackupState,
	}, nil
}

func (checker) Used(r backoffice.PasskeyRequest, of backoffice.Passkey, answer []byte) (backoffice.PasskeyUse, error) {
	rp, err := party(r)
	if err != nil {
		return backoffice.PasskeyUse{}, fmt.Errorf("check passkey: %w", err)
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return backoffice.PasskeyUse{}, errMalformed
	}
	data := parsed.Response.AuthenticatorData
	if err := cmp.Or(checkClient(r, &parsed.Response.CollectedClientData), checkData(r, &data)); err != nil {
		return backoffice.PasskeyUse{}, err
	}
	if !bytes.Equal(parsed.RawID, of.ID) {
		return backoffice.PasskeyUse{}, errors.New("answer of another passkey")
	}
	r.Known = []backoffice.Passkey{of}
	if _, err = rp.ValidateLogin(user{r}, webauthn.SessionData{
		Challenge: protocol.URLEncodedBase64(r.Challenge).String(), RelyingPartyID: r.RPID, UserID: r.UserID,
		AllowedCredentialIDs: [][]byte{of.ID}, UserVerification: verification(r),
	}, parsed); err != nil {
		return backoffice.PasskeyUse{}, refusal(err)
	}
	return backoffice.PasskeyUse{Counter: data.Counter, UserVerified: data.Flags.HasUserVerified(), Copied: data.Flags.HasBackupState()}, nil
}
