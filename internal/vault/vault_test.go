package vault_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/vault"
)

func secret(t *testing.T) []byte {
	t.Helper()
	b := make([]byte, vault.SecretSize)
	rand.Read(b)
	return b
}

func open(t *testing.T, secrets ...[]byte) *vault.Vault {
	t.Helper()
	v, err := vault.New(secrets)
	require.NoError(t, err)
	return v
}

func TestASecretThatIsNotRandomIsRefused(t *testing.T) {
	for name, secrets := range map[string][][]byte{
		"none":            {},
		"half as long":    {secret(t)[:16]},
		"too short":       {secret(t)[:31]},
		"too long":        {append(secret(t), 0)},
		"all zero":        {make([]byte, 32)},
		"a passphrase":    {[]byte("correct horse battery staple 123")},
		"an older is bad": {secret(t), make([]byte, 32)},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := vault.New(secrets)
			require.Error(t, err)
		})
	}
}

// TestSealedValuesAreAES256GCM opens a value with nothing but the standard library and
// what docs/security.md says of the format.
func TestSealedValuesAreAES256GCM(t *testing.T) {
	master := secret(t)
	sealed := open(t, master).Seal(vault.MailBodies, "mails/body/1", []byte("hello"))
	var parts []byte
	for _, part := range []string{"mail bodies", "mails/body/1"} {
		parts = append(binary.BigEndian.AppendUint64(parts, uint64(len(part))), part...)
	}
	key, err := hkdf.Key(sha256.New, master, nil, "postern v1 seal "+string(parts), 32)
	require.NoError(t, err)
	block, err := aes.NewCipher(key)
	require.NoError(t, err)
	gcm, err := cipher.NewGCM(block)
	require.NoError(t, err)
	head, nonce, rest := sealed[:5], sealed[5:17], sealed[17:]
	bound := append(bytes.Clone(head), parts...)
	plain, err := gcm.Open(nil, nonce, rest, bound)
	require.NoError(t, err)
	require.Equal(t, "hello", string(plain))
}

func TestASealedValueOpensOnlyInItsPlace(t *testing.T) {
	v := open(t, secret(t))
	sealed := v.Seal(vault.FactorSecrets, "operator/1", []byte("seed"))
	require.NotContains(t, string(sealed), "seed")

	plain, err := v.Open(vault.FactorSecrets, "operator/1", sealed)
	require.NoError(t, err)
	require.Equal(t, "seed", string(plain))

	_, err = v.Open(vault.FactorSecrets, "operator/2", sealed)
	require.ErrorIs(t, err, vault.ErrOpen)
	_, err = v.Open(vault.MailBodies, "operator/1", sealed)
	require.ErrorIs(t, err, vault.ErrOpen)
	for i := range sealed {
		bent := bytes.Clone(sealed)
		bent[i] ^= 1
		_, err = v.Open(vault.FactorSecrets, "operator/1", bent)
		require.ErrorIs(t, err, vault.ErrOpen, "byte %d", i)
	}
	for n := range sealed {
		_, err = v.Open(vault.FactorSecrets, "operator/1", sealed[:n])
		require.ErrorIs(t, err, vault.ErrOpen, "cut to %d", n)
	}
}

func TestTheSealedFormIsKept(t *testing.T) {
	counted := make([]byte, vault.SecretSize)
	for i := range counted {
		counted[i] = byte(i)
	}
	sealed, err := hex.DecodeString("012ce94866ecddb26fd1d8f1b6e955a95f372fd7cfaed76eba62a1f151b3313287465386af")
	require.NoError(t, err)
	plain, err := open(t, counted).Open(vault.FactorSecrets, "operator/1", sealed)
	require.NoError(t, err)
	require.Equal(t, "seed", string(plain))
}

func TestAnOlderSecretStillOpensAndANewOneSeals(t *testing.T) {
	old, fresh := secret(t), secret(t)
	before := open(t, old)
	sealed := before.Seal(vault.MailBodies, "m", []byte("body"))
	mac := before.MAC(vault.FormTokens, "a", "b")

	after := open(t, fresh, old)
	plain, err := after.Open(vault.MailBodies, "m", sealed)
	require.NoError(t, err)
	require.Equal(t, "body", string(plain))
	require.True(t, after.CheckMAC(vault.FormTokens, mac, "a", "b"))

	resealed := after.Seal(vault.MailBodies, "m", plain)
	_, err = before.Open(vault.MailBodies, "m", resealed)
	require.ErrorIs(t, err, vault.ErrOpen)
}

func TestAValueTellsItsSecretAndIsSealedAgain(t *testing.T) {
	old, fresh := secret(t), secret(t)
	before, after := open(t, old), open(t, fresh, old)
	sealed, mac := before.Seal(vault.MailBodies, "m", []byte("body")), before.MAC(vault.AuditChain, "a")
	ids := after.KeyIDs()
	require.Equal(t, before.KeyIDs(), ids[1:])
	index, id := after.KeyOf(sealed)
	require.Equal(t, 1, index)
	require.Equal(t, ids[1], id)
	require.Equal(t, 1, after.KeyOfMAC(vault.AuditChain, mac, "a"))
	require.Equal(t, vault.Unknown, after.KeyOfMAC(vault.AuditChain, mac, "b"))

	again, err := after.Reseal(vault.MailBodies, "m", sealed)
	require.NoError(t, err)
	index, id = after.KeyOf(again)
	require.Zero(t, index)
	require.Equal(t, ids[0], id)
	plain, err := open(t, fresh).Open(vault.MailBodies, "m", again)
	require.NoError(t, err)
	require.Equal(t, "body", string(plain))

	index, id = before.KeyOf(again)
	require.Equal(t, vault.Unknown, index)
	require.Equal(t, ids[0], id, "a missing secret has its id")
	_, err = before.Reseal(vault.MailBodies, "m", again)
	require.ErrorIs(t, err, vault.ErrOpen)
	for _, none := range [][]byte{nil, {1, 2, 3, 4}, {9, 1, 2, 3, 4, 5}} {
		index, id = after.KeyOf(none)
		require.Equal(t, vault.Unknown, index)
		require.Empty(t, id)
	}
	index, _ = open(t, fresh, old, fresh).KeyOf(again)
	require.Zero(t, index, "a secret given twice is the first")
}

func TestPartsAndPurposesDoNotRunIntoEachOther(t *testing.T) {
	v := open(t, secret(t))
	require.NotEqual(t, v.MAC(vault.FormTokens, "ab", "c"), v.MAC(vault.FormTokens, "a", "bc"))
	require.NotEqual(t, v.MAC(vault.FormTokens, "a"+string(make([]byte, 8))+"b"), v.MAC(vault.FormTokens, "a", "b"))
	require.NotEqual(t, v.MAC(vault.FormTokens, "a"), v.MAC(vault.CounterKeys, "a"))
	require.NotEqual(t, v.Key(vault.ResetLimits), v.Key(vault.CounterKeys))
	require.False(t, v.CheckMAC(vault.FormTokens, v.MAC(vault.FormTokens, "a"), "b"))
	require.False(t, v.CheckMAC(vault.FormTokens, nil, "b"))
}

func TestTokensAreUniqueUnderLoad(t *testing.T) {
	var mu sync.Mutex
	seen := make(map[string]bool)
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for range 200 {
				token := vault.Token()
				if len(token) != vault.TokenLength {
					t.Errorf("token of %d characters", len(token))
					return
				}
				mu.Lock()
				if seen[token] {
					t.Error("a token came twice")
				}
				seen[token] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	require.Len(t, seen, 64*200)
}

func TestAliasesAndIDsHaveTheirShape(t *testing.T) {
	alias, id := vault.Alias(), vault.ID()
	require.Len(t, alias, 20)
	require.Len(t, id, 26)
	require.Empty(t, strings.Trim(alias+id, "abcdefghijklmnopqrstuvwxyz234567"))
	require.True(t, vault.IsAlias(alias))
	for _, chosen := range []string{"", "announcements", "internationalization", "our-announcements-26", "annualconference2018", id} {
		require.False(t, vault.IsAlias(chosen), chosen)
	}
}

func FuzzOpen(f *testing.F) {
	v, err := vault.New([][]byte{[]byte("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f")})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{1, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if _, err := v.Open(vault.Enrolments, "x", sealed); !errors.Is(err, vault.ErrOpen) {
			t.Fatalf("opened what nobody sealed: %v", err)
		}
	})
}
