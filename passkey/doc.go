// Package passkey lets operators use passkeys: keys in a phone, a laptop or a security key
// that answer only on the office's own origin, so that nobody can type them into a copy of
// it. It is a module of its own, so that an office without passkeys links none of it.
//
//	cfg := backoffice.Config{
//		Origin:   "https://community.example",
//		Passkeys: passkey.New(),
//		...
//	}
//
// From then on operators add passkeys on the page of their account, and the office offers
// them first: at sign-in after the password, and where it asks people to confirm who they
// are. Two parameters do more, and are off: "passkeys.alone" lets a passkey be the whole
// sign-in, and "passkeys.who" says who must have one. A custom role can require one, too.
//
// # The name they are bound to
//
// A passkey belongs to the host name of Config.Origin and works nowhere else. Nothing of it
// is taken from requests. While developing, http://localhost:8080 with InsecurePlainHTTP
// works, as browsers take localhost for secure; an IP address does not, and backoffice.New
// refuses it. If the community moves to another host name, all passkeys stop working:
// let operators keep recovery codes, and lift "passkeys.who" before you move.
//
// # What is stored
//
// The office keeps the record of a passkey with the operator's other second factors: the
// credential id, the public key, the transports, the model, whether it can be copied,
// encrypted with the master secret and bound to its operator. Beside it are a digest of the
// credential id, which keeps it unique over all operators, and the signature counter. No
// attestation is asked for, so the office does not learn who made the authenticator beyond
// the model that it claims.
//
// # What is accepted
//
// Keys for ES256, EdDSA (Ed25519) and RS256 with at least 2048 bits; answers that were given
// on the origin itself, not inside a frame of another; once, within five minutes, in the
// browser that was asked. The protocol is that of Web Authentication Level 3, sections 7.1
// and 7.2, by github.com/go-webauthn/webauthn.
package passkey
