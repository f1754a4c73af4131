package password_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/password"
)

// cheap keeps the suite fast; the production floor has a test of its own.
var cheap = password.Params{MemoryKiB: 64, Time: 1, Threads: 1}

func newHasher(t testing.TB, cfg password.Config) *password.Hasher {
	t.Helper()
	if cfg.Params == (password.Params{}) {
		cfg.Params = cheap
	}
	cfg.InsecureParams = true
	h, err := password.NewHasher(cfg)
	require.NoError(t, err)
	return h
}

func TestTheZeroConfigurationHashesAtFullCost(t *testing.T) {
	h, err := password.NewHasher(password.Config{})
	require.NoError(t, err)
	encoded, err := h.Hash(t.Context(), "correct horse battery staple")
	require.NoError(t, err)
	require.Regexp(t, `^\$argon2id\$v=19\$m=65536,t=3,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`, encoded)

	r, err := h.Verify(t.Context(), "correct horse battery staple", encoded)
	require.NoError(t, err)
	require.Equal(t, password.Result{Match: true}, r)
}

func TestNewHasherRefusesACostUnderTheFloor(t *testing.T) {
	for _, tc := range []struct {
		name string
		p    password.Params
		ok   bool
	}{
		{"one pass over 47104 KiB is enough", password.Params{MemoryKiB: 47104, Time: 1, Threads: 1}, true},
		{"one pass over less is not", password.Params{MemoryKiB: 47103, Time: 1, Threads: 1}, false},
		{"two passes over 19456 KiB are enough", password.Params{MemoryKiB: 19456, Time: 2, Threads: 1}, true},
		{"two passes over less are not", password.Params{MemoryKiB: 19455, Time: 2, Threads: 1}, false},
		{"three passes over 12288 KiB are enough", password.Params{MemoryKiB: 12288, Time: 3, Threads: 1}, true},
		{"more passes do not lower the memory further", password.Params{MemoryKiB: 12287, Time: 50, Threads: 1}, false},
		{"no lane is no hash", password.Params{MemoryKiB: 65536, Time: 3}, false},
		{"no pass is no hash", password.Params{MemoryKiB: 65536, Threads: 1}, false},
		{"seventeen lanes are too many", password.Params{MemoryKiB: 65536, Time: 3, Threads: 17}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := password.NewHasher(password.Config{Params: tc.p})
			if tc.ok {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, "Params")
		})
	}
}

func TestNewHasherReportsEveryMistakeAtOnce(t *testing.T) {
	_, err := password.NewHasher(password.Config{
		Params:      password.Params{MemoryKiB: 8, Time: 1, Threads: 1},
		Concurrency: -1, Queue: -2, QueueWait: -1,
		Pepper: &password.Pepper{Current: password.PepperKey{ID: "k 1"}},
	})
	for _, field := range []string{"Params", "Concurrency", "Queue:", "QueueWait", "Pepper"} {
		require.ErrorContains(t, err, field)
	}
}

func TestHashTakesExactlyTheBytesGiven(t *testing.T) {
	h := newHasher(t, password.Config{})
	for _, tc := range []struct{ name, stored, typed string }{
		{"a leading space counts", " correct horse battery", "correct horse battery"},
		{"a trailing space counts", "correct horse battery ", "correct horse battery"},
		{"case counts", "correct horse battery", "Correct horse battery"},
		{"a composed letter is not its decomposed form", "caf\u00e9 caf\u00e9 caf\u00e9", "cafe\u0301 cafe\u0301 cafe\u0301"},
		{"the first 256 characters do not stand for more", strings.Repeat("x", 256) + "y", strings.Repeat("x", 256)},
		{"the first 72 bytes do not stand for more", strings.Repeat("x", 72) + "y", strings.Repeat("x", 72)},
		{"a NUL byte does not end the password", "abc\x00def", "abc"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			encoded, err := h.Hash(t.Context(), tc.stored)
			require.NoError(t, err)
			same, err := h.Verify(t.Context(), tc.stored, encoded)
			require.NoError(t, err)
			require.True(t, same.Match)
			other, err := h.Verify(t.Context(), tc.typed, encoded)
			require.NoError(t, err)
			require.Equal(t, password.Result{}, other)
		})
	}
}

func TestHashRefusesWhatItCannotKeepWhole(t *testing.T) {
	h := newHasher(t, password.Config{})
	_, err := h.Hash(t.Context(), strings.Repeat("x", password.MaxBytes+1))
	require.ErrorIs(t, err, password.ErrTooLong)
	_, err = h.Hash(t.Context(), "")
	require.Error(t, err)
	_, err = h.Hash(t.Context(), strings.Repeat("x", password.MaxBytes))
	require.NoError(t, err)
}

func TestEqualPasswordsHaveDifferentHashes(t *testing.T) {
	h := newHasher(t, password.Config{})
	a, err := h.Hash(t.Context(), "correct horse battery staple")
	require.NoError(t, err)
	b, err := h.Hash(t.Context(), "correct horse battery staple")
	require.NoError(t, err)
	require.NotEqual(t, a, b)
}

func TestDeriveDependsOnSecretSaltAndParameters(t *testing.T) {
	h := newHasher(t, password.Config{})
	salt := []byte("0123456789abcdef")
	first, err := h.Derive(t.Context(), "ABCD-EFGH", salt)
	require.NoError(t, err)
	require.Len(t, first, 32)

	again, err := newHasher(t, password.Config{Params: password.Params{MemoryKiB: 128, Time: 2, Threads: 1}}).
		DeriveWith(t.Context(), cheap, "ABCD-EFGH", salt)
	require.NoError(t, err)
	require.Equal(t, first, again, "recorded parameters give the same value after the cost was raised")

	other, err := h.Derive(t.Context(), "ABCD-EFGI", salt)
	require.NoError(t, err)
	require.NotEqual(t, first, other)
	other, err = h.Derive(t.Context(), "ABCD-EFGH", []byte("0123456789abcdeF"))
	require.NoError(t, err)
	require.NotEqual(t, first, other)
}

func TestDeriveRefusesUnsafeInput(t *testing.T) {
	h := newHasher(t, password.Config{})
	salt := []byte("0123456789abcdef")
	for _, tc := range []struct {
		name, secret string
		salt         []byte
		p            password.Params
	}{
		{"a salt of 15 bytes", "secret", salt[:15], cheap},
		{"a salt past 64 bytes", "secret", make([]byte, 65), cheap},
		{"no secret", "", salt, cheap},
		{"a secret that is too long", strings.Repeat("x", password.MaxBytes+1), salt, cheap},
		{"no passes", "secret", salt, password.Params{MemoryKiB: 64, Threads: 1}},
		{"more memory than is allowed", "secret", salt, password.Params{MemoryKiB: 1 << 30, Time: 1, Threads: 1}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := h.DeriveWith(t.Context(), tc.p, tc.secret, tc.salt)
			require.Error(t, err)
			require.Zero(t, h.Runs())
		})
	}
}

func TestReusedLooksAtEveryEntryUntilAMatch(t *testing.T) {
	h := newHasher(t, password.Config{})
	var history []string
	for i := range 3 {
		encoded, err := h.Hash(t.Context(), fmt.Sprint("old password number ", i))
		require.NoError(t, err)
		history = append(history, encoded)
	}
	before := h.Runs()
	used, err := h.Reused(t.Context(), "old password number 2", history)
	require.NoError(t, err)
	require.True(t, used)
	require.EqualValues(t, 3, h.Runs()-before)

	used, err = h.Reused(t.Context(), "a password never used here", history)
	require.NoError(t, err)
	require.False(t, used)

	_, err = h.Reused(t.Context(), "a password never used here", append([]string{"damaged"}, history...))
	require.ErrorIs(t, err, password.ErrMalformed)
}

func TestAnEndedContextComputesNothing(t *testing.T) {
	h := newHasher(t, password.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := h.Hash(ctx, "correct horse battery staple")
	require.ErrorIs(t, err, context.Canceled)
	_, err = h.Verify(ctx, "correct horse battery staple", "")
	require.ErrorIs(t, err, context.Canceled)
	_, err = h.Derive(ctx, "secret", make([]byte, 16))
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, h.Runs())
}

func TestSlotsFitTheAddressSpace(t *testing.T) {
	for _, c := range []struct{ cpus, bits, slots int }{{1, 64, 2}, {64, 64, 64}, {1, 32, 2}, {3, 32, 3}, {64, 32, 4}} {
		require.Equal(t, c.slots, password.Slots(c.cpus, c.bits), "%+v", c)
	}
}
