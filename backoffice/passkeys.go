package backoffice

import (
	"net/netip"

	"github.com/postern-go/postern/internal/desk"
)

// Passkeys asks browsers for passkeys (Web Authentication) and checks what they answer.
// passkey.New, in the module github.com/postern-go/postern/passkey, makes one:
//
//	backoffice.Config{Passkeys: passkey.New(), ...}
//
// The office makes the challenges, decides who may use which passkey, keeps the records and
// accepts each answer once; an implementation keeps nothing. It is safe for
// concurrent use. Errors go to the audit log, in one line: they say what is wrong with an
// answer ("wrong origin"), and hold nothing secret. An answer is accepted only if the error
// is nil.
type Passkeys interface {
	// CreationOptions returns what a page gives to navigator.credentials.create: a
	// PublicKeyCredentialCreationOptionsJSON, without attestation, that excludes r.Known.
	CreationOptions(r PasskeyRequest) ([]byte, error)
	// RequestOptions returns what a page gives to navigator.credentials.get: a
	// PublicKeyCredentialRequestOptionsJSON that allows r.Known, or any passkey if r.Known
	// is empty.
	RequestOptions(r PasskeyRequest) ([]byte, error)
	// Created checks the answer to CreationOptions, a RegistrationResponseJSON, against
	// the request (Web Authentication, section 7.1), and returns the new passkey.
	Created(r PasskeyRequest, answer []byte) (Passkey, error)
	// Used checks the answer to RequestOptions, an AuthenticationResponseJSON, against the
	// request and the passkey that it names (section 7.2). It does not judge the counter.
	Used(r PasskeyRequest, of Passkey, answer []byte) (PasskeyUse, error)
}

// PasskeyRequest is what a browser is asked for. It comes from the configuration and the
// store, never from an HTTP request.
type PasskeyRequest struct {
	// RPID is the host of Config.Origin, to which passkeys are bound, Origin its scheme,
	// host and port: an answer must come from exactly there. RPName is the office's name.
	RPID, Origin, RPName string
	// Challenge is what the answer must hold, byte for byte. The office sees to it that
	// it is used once.
	Challenge []byte
	// UserID is the user handle: 1 to 64 bytes that say nothing of the operator. UserName
	// and UserDisplayName are for the authenticator's own lists. All three are empty if
	// anyone may answer.
	UserID                    []byte
	UserName, UserDisplayName string
	// Known are passkeys that the operator already has: to CreationOptions those that must
	// not be made twice, to RequestOptions those that may answer.
	Known []Passkey
	// VerifyUser requires that the authenticator checks its user, by a PIN or a
	// fingerprint. If it is false, that is preferred, and only reported.
	VerifyUser bool
	// Discoverable requires a new passkey that authenticators find without being told
	// whose it is. If it is false, that is preferred.
	Discoverable bool
}

// Passkey is a passkey as the office keeps it, encrypted.
type Passkey struct {
	// ID is the credential id, PublicKey the key as COSE_Key.
	ID, PublicKey []byte
	// Transports are how browsers reach the authenticator, as they reported it.
	Transports []string
	// AAGUID is the model of the authenticator, which is not attested; all zero if it
	// does not tell.
	AAGUID []byte
	// Counter is the signature counter; zero from authenticators that do not count.
	Counter uint32
	// UserVerified reports that the authenticator checked its user. Copies reports that
	// the passkey can be copied between devices (backup eligible), Copied that it was
	// (backup state).
	UserVerified, Copies, Copied bool
}

// PasskeyUse is what a right answer says.
type PasskeyUse struct {
	// Counter is the signature counter now.
	Counter uint32
	// UserVerified and Copied are as in [Passkey].
	UserVerified, Copied bool
}

// namesHost reports whether a host is a name, as a relying party's id must be, and not an IP
// address.
func namesHost(host string) bool {
	_, err := netip.ParseAddr(host)
	return host != "" && err != nil
}

// passkeys gives the desk the host's Passkeys, in the desk's own types.
type passkeys struct{ Passkeys }

// passkeysOf keeps that none is nil.
func passkeysOf(p Passkeys) desk.Passkeys {
	if p == nil {
		return nil
	}
	return passkeys{p}
}

func (p passkeys) CreationOptions(r desk.PasskeyRequest) ([]byte, error) {
	return p.Passkeys.CreationOptions(passkeyRequest(r))
}

func (p passkeys) RequestOptions(r desk.PasskeyRequest) ([]byte, error) {
	return p.Passkeys.RequestOptions(passkeyRequest(r))
}

func (p passkeys) Created(r desk.PasskeyRequest, answer []byte) (desk.Passkey, error) {
	made, err := p.Passkeys.Created(passkeyRequest(r), answer)
	return desk.Passkey(made), err
}

func (p passkeys) Used(r desk.PasskeyRequest, of desk.Passkey, answer []byte) (desk.PasskeyUse, error) {
	use, err := p.Passkeys.Used(passkeyRequest(r), Passkey(of), answer)
	return desk.PasskeyUse(use), err
}

func passkeyRequest(r desk.PasskeyRequest) PasskeyRequest {
	return PasskeyRequest{
		RPID: r.RPID, Origin: r.Origin, RPName: r.RPName, Challenge: r.Challenge,
		UserID: r.UserID, UserName: r.UserName, UserDisplayName: r.UserDisplayName,
		Known:      each(r.Known, func(p desk.Passkey) Passkey { return Passkey(p) }),
		VerifyUser: r.VerifyUser, Discoverable: r.Discoverable,
	}
}
