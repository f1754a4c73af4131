// Package totp makes and checks time-based one-time codes, the six digits an
// authenticator app shows (RFC 6238 over RFC 4226), and everything enrolment
// needs: the secret, the key URI, and its QR code as PNG or SVG.
//
// Enrolment makes a secret, shows it once, and becomes active only after the
// person has typed a valid code:
//
//	secret, err := totp.NewSecret(rand.Reader, totp.SHA1)
//	key, err := totp.NewKey("ACME Co", "ada@example.org", secret, totp.Options{})
//	png, err := key.PNG(256)         // to scan
//	text := secret.Grouped()         // to type when there is no camera
//	step, err := totp.Verify(secret, typed, now, totp.Options{})
//
// The zero [Options] is what every authenticator app understands: HMAC-SHA-1,
// six digits, a step of 30 seconds, one step of tolerance either way. Several
// apps ignore the parameters of a key URI, so other algorithms and lengths are
// for deployments that know which app their people use.
//
// # Single use
//
// [Verify] keeps no state. A code is good for once only if the caller stores
// the step that Verify returns and accepts the next code only when its step is
// strictly greater, in the same atomic write that grants access:
//
//	step, err := totp.Verify(secret, code, now, opts)
//	if err != nil {
//		return err // refused; count the attempt
//	}
//	// UPDATE ... SET last_step = step WHERE id = ? AND last_step < step
//	// One row changed: accepted. None: the code was used before.
//
// Enrolment confirms a code too, so its step is the first one to store.
//
// # What it leaves to the caller
//
// Guesses must be counted and limited (RFC 4226 section 7.3): with the default
// window a blind guess succeeds three times in a million. Secrets must be
// encrypted at rest; [Secret.Bytes] is what to encrypt. Anything drawn from a
// [Key] holds the secret: serve it only during enrolment, over HTTPS, with
// Cache-Control: no-store. The server's clock must be kept by NTP, and only
// that clock counts: never take a time from the client.
//
// A one-time code can be typed into a look-alike page that forwards it within
// its 30 seconds, so it is not phishing-resistant.
//
// All functions may be called concurrently. The package starts no goroutine,
// reads no clock and no random source but those passed in, and logs nothing.
package totp
