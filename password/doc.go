// Package password hashes passwords so that a stolen store is of little use, verifies them without revealing anything
// else, and judges how well new ones resist guessing.
//
// Create one [Hasher] and one [Policy] for the process:
//
//	hasher, err := password.NewHasher(password.Config{})
//	if reasons := policy.Check(typed, words); reasons != nil { ... } // when a password is set
//	encoded, err := hasher.Hash(ctx, typed)
//	result, err := hasher.Verify(ctx, typed, encoded)                // when someone signs in
//
// If Result.Outdated is true, hash the password again and store the result. This way a higher cost or a new pepper
// reaches every account, and imported hashes are replaced.
//
// # Hashes
//
// New hashes are argon2id (RFC 9106) as PHC strings, with 64 MiB and three passes unless [Config] says otherwise, and
// never below the floor of ASVS 5.0 appendix C. The bytes of the password are hashed as they are: not trimmed,
// normalised, folded or truncated. An optional [Pepper] adds HMAC-SHA-256 with a key that is not in the store.
//
// Verify also reads these imported forms, and reports each as Outdated:
//
//	$2a$ $2b$ $2y$                  bcrypt, cost 4 to 14
//	bcrypt$$2b$...                  Django
//	bcrypt_sha256$$2b$...           Django, SHA-256 before bcrypt
//	$scrypt$ln=16,r=8,p=1$...       PHC and passlib, up to 2^21 for N*r*p
//	scrypt$16384$salt$8$5$...       Django
//	$pbkdf2-sha256$29000$...        passlib; also -sha512, and the PHC form i=29000,l=32
//	pbkdf2_sha256$600000$salt$...   Django, up to 2000000 iterations
//	argon2$argon2id$v=19$...        Django; Outdated only if the parameters differ
//
// If the cost exceeds these limits, or an argon2id string asks for more than 256 MiB or the work of 16 passes over
// 64 MiB, Verify returns [ErrMalformed] before it allocates anything. PBKDF2 with SHA-1 and older schemes are not
// accepted: invite those people instead.
//
// bcrypt uses only the first 72 bytes. Here a longer password never matches a bcrypt hash, because every other password
// with the same beginning would match too; its owner needs a reset link. All imported schemes confuse some passwords
// that contain a NUL byte with others, so those never match either.
//
// # Timing
//
// Every call of Verify computes one slow hash, even for a missing account, a damaged record or an over-long input. A hash
// made with an older, cheaper argon2id setting is topped up to the current work. Imported hashes are the exception:
// their work is of another kind and cannot be matched exactly, so someone who measures many failed sign-ins can tell
// which accounts still have one. A second hash on top would only delay that, and double the cost of every sign-in. The
// difference disappears with the first sign-in to an account; to avoid it altogether, import no hashes and send
// invitations.
//
// # Load
//
// [Config.Concurrency] hashes run at a time, a bounded number of callers waits, and the others get [ErrBusy], so
// sign-ins can exhaust neither memory nor CPU (ASVS 15.2.2). The garbage collector may keep a finished hash's memory
// for a while; set GOMEMLIMIT if that matters. Limit attempts before calling Verify: this package does not.
//
// So that a flood does not keep everyone else out, say who calls:
//
//	ctx = password.WithCaller(ctx, password.Caller{Groups: []string{clientIP}}) // at sign-in
//	ctx = password.WithCaller(ctx, password.Caller{Reserved: true})             // in a session
//
// Reserved callers go before strangers, who never have the last of several slots. Strangers whose networks have had
// fewer hashes lately go before the others.
//
// # Policy
//
// A password is judged by its length in code points, by a list of 49,233 common passwords and their usual variations,
// by the words an attacker would try for this person and site, and by an estimate of its strength. Kinds of characters,
// maximum age and history exist for sites that are bound to them; they are off by default, and [Policy.Departures]
// names them. The estimate knows English words, names, keyboards and dates; it takes words of other languages for
// random letters, which is why length matters more.
//
// The list adds about 140 KB to the binary and is unpacked at its first use. The estimator's package loads its tables
// at program start, which takes some 20 ms and 6 MB.
package password
