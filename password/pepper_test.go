package password_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/password"
)

func pepperKey(id string) password.PepperKey {
	return password.PepperKey{ID: id, Key: bytes.Repeat([]byte(id[len(id)-1:]), 32)}
}

func TestAStolenStoreWithoutThePepperVerifiesNothing(t *testing.T) {
	h := newHasher(t, password.Config{Pepper: &password.Pepper{Current: pepperKey("k1")}})
	encoded, err := h.Hash(t.Context(), phrase)
	require.NoError(t, err)
	require.Regexp(t, `^\$argon2id-hmac-sha256\$v=19\$m=64,t=1,p=1,keyid=k1\$`, encoded)

	r, err := h.Verify(t.Context(), phrase, encoded)
	require.NoError(t, err)
	require.Equal(t, password.Result{Match: true}, r)

	for name, cfg := range map[string]password.Config{
		"no pepper":      {},
		"another key id": {Pepper: &password.Pepper{Current: pepperKey("k2")}},
	} {
		_, err := newHasher(t, cfg).Verify(t.Context(), phrase, encoded)
		require.ErrorIs(t, err, password.ErrMalformed, name)
	}
	guessed := pepperKey("k1")
	guessed.Key = make([]byte, 32)
	r, err = newHasher(t, password.Config{Pepper: &password.Pepper{Current: guessed}}).Verify(t.Context(), phrase, encoded)
	require.NoError(t, err)
	require.False(t, r.Match)
}

func TestRotatingThePepperKeepsSignInsWorking(t *testing.T) {
	plain := newHasher(t, password.Config{})
	first := newHasher(t, password.Config{Pepper: &password.Pepper{Current: pepperKey("k1")}})
	second := newHasher(t, password.Config{Pepper: &password.Pepper{Current: pepperKey("k2"), Older: []password.PepperKey{pepperKey("k1")}}})

	bare, err := plain.Hash(t.Context(), phrase)
	require.NoError(t, err)
	underFirst, err := first.Hash(t.Context(), phrase)
	require.NoError(t, err)

	for name, encoded := range map[string]string{"made without pepper": bare, "made with the older key": underFirst} {
		r, err := second.Verify(t.Context(), phrase, encoded)
		require.NoError(t, err, name)
		require.Equal(t, password.Result{Match: true, Outdated: true}, r, name)

		wrapped, changed, err := second.Rewrap(encoded)
		require.NoError(t, err, name)
		require.True(t, changed, name)
		r, err = second.Verify(t.Context(), phrase, wrapped)
		require.NoError(t, err, name)
		require.True(t, r.Match, name)
		r, err = second.Verify(t.Context(), phrase+"x", wrapped)
		require.NoError(t, err, name)
		require.False(t, r.Match, name)

		again, changed, err := second.Rewrap(wrapped)
		require.NoError(t, err, name)
		require.False(t, changed, name)
		require.Equal(t, wrapped, again, name)
	}
}

func TestRewrapLeavesAloneWhatItCannotWrap(t *testing.T) {
	h := newHasher(t, password.Config{Pepper: &password.Pepper{Current: pepperKey("k1")}})
	for _, encoded := range []string{
		"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
		"$argon2id$v=19$m=1024,t=2,p=2$c29tZXNhbHRzYWx0MTIzNA$zo9Fa3VQMh7eC8NgM7e4bA",
	} {
		same, changed, err := h.Rewrap(encoded)
		require.NoError(t, err)
		require.False(t, changed)
		require.Equal(t, encoded, same)
	}
	_, _, err := h.Rewrap("rubbish")
	require.ErrorIs(t, err, password.ErrMalformed)
}

func TestAPepperIsCheckedWhenItIsConfigured(t *testing.T) {
	short := pepperKey("k1")
	short.Key = short.Key[:16]
	for name, p := range map[string]password.Pepper{
		"no key at all":            {},
		"a key of 16 bytes":        {Current: short},
		"an id with a dot":         {Current: password.PepperKey{ID: "k.1", Key: make([]byte, 32)}},
		"an id with a dollar":      {Current: password.PepperKey{ID: "k$1", Key: make([]byte, 32)}},
		"one id for two keys":      {Current: pepperKey("k1"), Older: []password.PepperKey{pepperKey("k1")}},
		"an older key that is bad": {Current: pepperKey("k1"), Older: []password.PepperKey{{ID: "k0"}}},
	} {
		_, err := password.NewHasher(password.Config{Pepper: &p})
		require.ErrorContains(t, err, "Pepper", name)
	}
}

func TestAPepperNeverPrints(t *testing.T) {
	key := password.PepperKey{ID: "k1", Key: bytes.Repeat([]byte("Z"), 32)}
	cfg := password.Config{Pepper: &password.Pepper{Current: key, Older: []password.PepperKey{key}}}
	h := newHasher(t, password.Config{Pepper: &password.Pepper{Current: key}})
	var logged bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).Info("test", "key", key, "pepper", cfg.Pepper, "hasher", h)
	encoded, err := json.Marshal(cfg.Pepper)
	require.NoError(t, err)
	out := logged.String() + string(encoded)
	for _, v := range []any{key, &key, *cfg.Pepper, cfg.Pepper, cfg, h} {
		out += fmt.Sprintf("%v %+v %#v %s %x %d", v, v, v, v, v, v)
	}
	require.NotContains(t, out, "ZZZZ")
	require.NotContains(t, out, "5a5a5a")
	require.NotContains(t, out, "90 90 90")
	require.NotContains(t, out, "0x5a, 0x5a")
}
