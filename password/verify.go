package password

import (
	"context"
	"crypto/subtle"

	"golang.org/x/crypto/argon2"
)

// Result is the answer of [Hasher.Verify]. The zero value means "no match".
type Result struct {
	// Match is true if the password is the one that was hashed.
	Match bool
	// Outdated is true, only together with Match, if the hash is imported, or if its parameters, salt or output length
	// or pepper key are not the current ones. Hash the password again and store the result.
	Outdated bool
}

// dummySalt is the salt of hashes whose result is not used.
var dummySalt = make([]byte, saltLen)

// Verify compares password with a stored hash, from [Hasher.Hash] or imported (see the package comment). Every call
// computes exactly one slow hash for any arguments, unless it returns before its turn:
//   - an empty encoded means that the account does not exist, and costs the same as if it did;
//   - an empty password, or one over [MaxBytes], is no match;
//   - an encoding that cannot be read or requires too much work is [ErrMalformed].
//
// Other errors are [ErrBusy] and the end of ctx while waiting. Only Match admits anyone.
func (h *Hasher) Verify(ctx context.Context, password, encoded string) (Result, error) {
	done, err := h.turn(ctx)
	if err != nil {
		return Result{}, err
	}
	defer done()
	if encoded == "" || password == "" || len(password) > MaxBytes {
		h.burn()
		return Result{}, nil
	}
	encoded = trimDjango(encoded)
	if !isArgon(encoded) {
		imported, err := parseImported(encoded)
		if err != nil {
			h.burn()
			return Result{}, err
		}
		h.runs.Add(1)
		match := imported.verify(password)
		return Result{Match: match, Outdated: match}, nil
	}
	a, err := h.readArgon(encoded)
	if err != nil {
		h.burn()
		return Result{}, err
	}
	return h.verifyArgon(password, a), nil
}

// readArgon parses a hash and refuses, before any work, what cannot be computed.
func (h *Hasher) readArgon(encoded string) (argonHash, error) {
	a, err := parseArgon(encoded)
	if err != nil {
		return a, err
	}
	if err := a.params.checkCeiling(h.params); err != nil {
		return a, err
	}
	return a, h.peppers.known(a.keys)
}

func (h *Hasher) verifyArgon(password string, a argonHash) Result {
	length := len(a.output)
	if len(a.keys) > 0 {
		length = outputLen // the tag has its own length
	}
	h.topUp(a.params)
	got := h.peppers.seal(h.argon(password, a.salt, a.params, length), a.keys)
	if subtle.ConstantTimeCompare(got, a.output) != 1 {
		return Result{}
	}
	return Result{Match: true, Outdated: h.outdated(a)}
}

// outdated reports whether a new hash would be different, also after the cost was lowered.
func (h *Hasher) outdated(a argonHash) bool {
	current := h.peppers.ids()
	same := len(a.keys) == len(current)
	for i := 0; same && i < len(current); i++ {
		same = a.keys[i] == current[i]
	}
	return !same || a.params != h.params || len(a.salt) != saltLen || len(a.output) != outputLen
}

// burn takes as long as verifying a current hash, for accounts that do not exist.
func (h *Hasher) burn() { h.argon("burn", dummySalt, h.params, outputLen) }

// topUp does the work that an older, cheaper argon2id hash saves. Otherwise the answer to a wrong password would be
// faster for an account that has not signed in since the cost was raised than for one that does not exist. It belongs
// to the hash it precedes and is not counted as a run of its own.
func (h *Hasher) topUp(p Params) {
	if p.work() >= h.params.work() {
		return
	}
	missing := (h.params.work() - p.work()) / uint64(h.params.Time)
	if missing < 8*uint64(h.params.Threads) {
		return
	}
	argon2.IDKey([]byte("burn"), dummySalt, h.params.Time, uint32(missing), h.params.Threads, outputLen)
}

// Reused reports whether password matches any of the stored hashes, newest first, as a history rule requires. Each
// comparison costs a slow hash with a turn of its own; Reused stops at the first match. If an entry cannot be read,
// it fails with [ErrMalformed], because that entry could be a reuse. Its other errors are those of [Hasher.Verify].
func (h *Hasher) Reused(ctx context.Context, password string, encoded []string) (bool, error) {
	for _, e := range encoded {
		if e == "" {
			continue
		}
		r, err := h.Verify(ctx, password, e)
		if err != nil || r.Match {
			return r.Match, err
		}
	}
	return false, nil
}
