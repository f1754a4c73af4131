package password

import (
	"context"
	"crypto/subtle"

	"golang.org/x/crypto/argon2"
)

// Result is the answer of [Hasher.Verify]. The zero value means "no match".
type Result struct {
	// Match reports that the password is the one that was hashed.
	Match bool
	// Outdated reports, only with Match, that the hash is an imported one, or was made with other parameters, salt or
	// output length, or another pepper key than the current ones. Hash the password again and store the result.
	Outdated bool
}

// dummySalt feeds the hash whose result nobody looks at.
var dummySalt = make([]byte, saltLen)

// Verify compares password with a stored hash: one that [Hasher.Hash] made, or an imported one (see the package
// comment). Every call computes exactly one slow hash, whatever it is given, unless it returns before its turn came:
//   - encoded == "" stands for an account that does not exist, and costs the same as one that does;
//   - an empty password, or one over [MaxBytes], is no match;
//   - an encoding that cannot be read or asks for too much work is [ErrMalformed].
//
// The other errors are [ErrBusy] and the end of ctx while waiting. Nothing but Match says yes.
func (h *Hasher) Verify(ctx context.Context, password, encoded string) (Result, error) {
	if err := h.queue.acquire(ctx); err != nil {
		return Result{}, err
	}
	defer h.queue.release()
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

// readArgon parses a hash and refuses, before any work, what could not be computed.
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

// outdated is about whether a new hash would look different, so a lowered cost counts too.
func (h *Hasher) outdated(a argonHash) bool {
	current := h.peppers.ids()
	same := len(a.keys) == len(current)
	for i := 0; same && i < len(current); i++ {
		same = a.keys[i] == current[i]
	}
	return !same || a.params != h.params || len(a.salt) != saltLen || len(a.output) != outputLen
}

// burn costs what verifying a current hash costs, so that an account that does not exist takes as long.
func (h *Hasher) burn() { h.argon("burn", dummySalt, h.params, outputLen) }

// topUp spends what an older, cheaper argon2id setting saves. Otherwise a wrong password would be answered sooner for
// an account that has not signed in since the cost was raised than for one that does not exist. It belongs to the
// hash it precedes and is not counted as a run of its own.
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

// Reused reports whether password matches any of the stored hashes, newest first, as a history rule asks. Each one
// compared costs a slow hash in its own turn; it stops at the first match. An entry that cannot be read fails the
// whole call with [ErrMalformed], because a reuse could hide behind it. Other errors as for [Hasher.Verify].
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
