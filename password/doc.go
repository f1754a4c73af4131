// Package password hashes passwords so that a stolen store is of little use, verifies them so that an answer tells
// nothing else, and judges new ones by what they withstand.
//
// Make one [Hasher] and one [Policy] for the process:
//
//	hasher, err := password.NewHasher(password.Config{})
//	if reasons := policy.Check(typed, words); reasons != nil { ... } // when a password is set
//	encoded, err := hasher.Hash(ctx, typed)
//	result, err := hasher.Verify(ctx, typed, encoded)                // when someone signs in
//
// When Result.Outdated is true, hash the password again and store the result: that is how a higher cost, a new pepper
// and the way out of an imported scheme reach every account.
//
// # Hashes
//
// New hashes are argon2id (RFC 9106) as PHC strings, 64 MiB and three passes unless [Config] says otherwise, and never
// under the floor of ASVS 5.0 appendix C. The bytes of the password are hashed as they are: not trimmed, normalised,
// folded or cut. An optional [Pepper] adds HMAC-SHA-256 with a key that is not in the store.
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
// A cost over these limits, or an argon2id string over 256 MiB or 16 passes over 64 MiB, is [ErrMalformed] before
// anything is allocated. PBKDF2 with SHA-1 and everything older is not accepted: invite those people instead.
//
// bcrypt sees 72 bytes and no more. Here a longer password never matches a bcrypt hash, because every other password
// with the same beginning would match as well; its owner needs a reset link. All imported schemes confuse some
// passwords that contain a NUL byte with others, so those never match either.
//
// # What a clock can see
//
// Every call of Verify computes one slow hash: for an account that does not exist, a damaged row, an over-long input.
// A hash made under an older, cheaper argon2id setting is topped up to the current work. Imported hashes are the
// exception. Their work is of another kind and cannot be matched exactly, so someone who measures many failed
// sign-ins can tell an account that still has one from the others. A second hash on top would not hide that, only
// turn "sooner" into "later" and double the price of an attack on us. It ends for each account with its first
// sign-in; a host to which even that matters imports no hashes and sends invitations.
//
// # Load
//
// Hashes run [Config.Concurrency] at a time, a bounded number of callers waits, and the others get [ErrBusy], so
// sign-ins can exhaust neither memory nor CPU (ASVS 15.2.2). The collector may keep a finished hash's memory for a
// while; set GOMEMLIMIT where that matters. Throttle guesses before calling Verify, this package counts none.
//
// # Policy
//
// A password is judged by its length in code points, by a list of 49,233 common ones and what people make from them,
// by the words an attacker would try for this person and site, and by an estimate of strength. Kinds of character,
// maximum age and history are there for owners who are bound to them, off by default and named by [Policy.Departures].
// The estimate knows English words, names, keyboards and dates; a word of another language counts as random letters,
// which is why the length matters more.
//
// The list is part of the binary, about 140 KB, and unpacked at the first use. The tables of the estimator are loaded
// at program start by the package they come from, which takes some 50 ms and 6 MB.
package password
