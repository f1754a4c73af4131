package store_test

import (
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

func TestTime(t *testing.T) {
	east := time.FixedZone("east", 5*3600+1800)
	for _, c := range []struct {
		name     string
		in, want time.Time
	}{
		{"a zero time stays zero", time.Time{}, time.Time{}},
		{"a zero time in a zone becomes the zero time", time.Time{}.In(east), time.Time{}},
		{"a time in a zone becomes UTC", noon.In(east), noon},
		{"what is finer than a microsecond is cut, not rounded", noon.Add(999), noon},
		{"a microsecond is kept", noon.Add(time.Microsecond), noon.Add(time.Microsecond)},
		{"a time before 1970 is cut downward too", time.Unix(-1, 999).UTC(), time.Unix(-1, 0).UTC()},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, store.Time(c.in))
			require.Equal(t, c.want, store.Time(store.Time(c.in)), "twice is the same as once")
		})
	}
	t.Run("a monotonic reading is dropped", func(t *testing.T) {
		now := time.Now()
		require.NotEqual(t, now.Round(0), now, "time.Now has one")
		got := store.Time(now)
		require.Equal(t, got.Round(0), got)
		require.Equal(t, now.UnixMicro(), got.UnixMicro())
	})
}

func TestDigestOf(t *testing.T) {
	// FIPS 180-2, appendix B.1.
	d := store.DigestOf("abc")
	require.Equal(t, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", hex.EncodeToString(d[:]))
	require.NotEqual(t, d, store.DigestOf("abd"))
	require.False(t, d.IsZero())
	require.False(t, store.DigestOf("").IsZero(), "the digest of nothing is not the digest that was never set")
	require.True(t, store.Digest{}.IsZero())
}
