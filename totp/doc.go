// Package totp generates and verifies time-based one-time codes, the six digits
// that an authenticator app shows (RFC 6238 over RFC 4226), and makes what
// enrolment needs: the secret, the key URI, and its QR code as PNG or SVG.
//
// Enrolment creates a secret, shows it once, and takes effect only after the
// person has typed a valid code:
//
//	secret, err := totp.NewSecret(totp.SHA1)
//	key, err := totp.NewKey("ACME Co", "ada@example.org", secret, totp.Options{})
//	png, err := key.PNG(256)         // to scan
//	text := secret.Grouped()         // to type without a camera
//	step, err := totp.Verify(secret, typed, now, totp.Options{})
//
// Every authenticator app supports the zero [Options]: HMAC-SHA-1, six digits, a
// step of 30 seconds, one step of tolerance either way. Several apps ignore the
// parameters of a key URI, so use other algorithms and lengths only if you know
// which app your people have.
//
// # Single use
//
// [Verify] keeps no state. To make a code single-use, the caller stores the step
// that Verify returns and accepts the next code only if its step is strictly
// greater, in the same atomic write that grants access:
//
//	step, err := totp.Verify(secret, code, now, opts)
//	if err != nil {
//		return err // refused; count the attempt
//	}
//	// UPDATE ... SET last_step = step WHERE id = ? AND last_step < step
//	// One row changed: accepted. None: the code was used before.
//
// Enrolment also verifies a code, so its step is the first one to store.
//
// # What it leaves to the caller
//
// Attempts must be limited (RFC 4226 section 7.3): with the default window a
// blind guess succeeds three times in a million. Secrets must be encrypted at
// rest; encrypt [Secret.Bytes]. Anything drawn from a [Key] contains the secret:
// serve it only during enrolment, over HTTPS, with Cache-Control: no-store. The
// server's clock must be synchronised by NTP. Never use a time from the client.
//
// One-time codes are not phishing-resistant: a look-alike page can forward one
// while it is valid.
//
// All functions may be called concurrently. The package starts no goroutine,
// reads no clock, and logs nothing.
package totp
