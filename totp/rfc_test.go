package totp_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/totp"
)

// rfcSecret is the ASCII secret of RFC 4226 appendix D, repeated to the hash
// length as the rows of RFC 6238 appendix B need (known erratum of its text).
func rfcSecret(t testing.TB, a totp.Algorithm) totp.Secret {
	t.Helper()
	length := map[totp.Algorithm]int{totp.SHA1: 20, totp.SHA256: 32, totp.SHA512: 64}[a]
	s, err := totp.SecretFromBytes([]byte(strings.Repeat("1234567890", 7)[:length]))
	require.NoError(t, err)
	return s
}

// rfc6238 holds every row of RFC 6238 appendix B.
var rfc6238 = []struct {
	unix  int64
	step  int64
	codes map[totp.Algorithm]string
}{
	{59, 0x1, map[totp.Algorithm]string{totp.SHA1: "94287082", totp.SHA256: "46119246", totp.SHA512: "90693936"}},
	{1111111109, 0x23523EC, map[totp.Algorithm]string{totp.SHA1: "07081804", totp.SHA256: "68084774", totp.SHA512: "25091201"}},
	{1111111111, 0x23523ED, map[totp.Algorithm]string{totp.SHA1: "14050471", totp.SHA256: "67062674", totp.SHA512: "99943326"}},
	{1234567890, 0x273EF07, map[totp.Algorithm]string{totp.SHA1: "89005924", totp.SHA256: "91819424", totp.SHA512: "93441116"}},
	{2000000000, 0x3F940AA, map[totp.Algorithm]string{totp.SHA1: "69279037", totp.SHA256: "90698825", totp.SHA512: "38618901"}},
	{20000000000, 0x27BC86AA, map[totp.Algorithm]string{totp.SHA1: "65353130", totp.SHA256: "77737706", totp.SHA512: "47863826"}},
}

func TestCodesOfRFC4226(t *testing.T) {
	s := rfcSecret(t, totp.SHA1)
	require.Equal(t, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", s.Base32())
	codes := []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"}
	for count, want := range codes {
		t.Run(fmt.Sprintf("count %d", count), func(t *testing.T) {
			at := time.Unix(int64(count)*30, 0)
			code, err := totp.Code(s, at, totp.Options{})
			require.NoError(t, err)
			require.Equal(t, want, code)

			step, err := totp.Verify(s, want, at, totp.Options{StrictWindow: true})
			require.NoError(t, err)
			require.Equal(t, int64(count), step)
		})
	}
}

func TestCodesOfRFC6238(t *testing.T) {
	for _, row := range rfc6238 {
		for algorithm, eight := range row.codes {
			t.Run(fmt.Sprintf("%s at %d", algorithm, row.unix), func(t *testing.T) {
				s, at := rfcSecret(t, algorithm), time.Unix(row.unix, 0)
				require.Equal(t, row.step, totp.Step(at))
				for digits, want := range map[int]string{8: eight, 6: eight[2:]} {
					o := totp.Options{Algorithm: algorithm, Digits: digits}
					code, err := totp.Code(s, at, o)
					require.NoError(t, err)
					require.Equal(t, want, code)

					step, err := totp.Verify(s, want, at, o)
					require.NoError(t, err)
					require.Equal(t, row.step, step)
				}
			})
		}
	}
}

func TestStepCountsWholePeriodsSinceTheEpoch(t *testing.T) {
	for unix, want := range map[int64]int64{
		0: 0, 29: 0, 30: 1, 59: 1, -1: -1, -30: -1, -31: -2,
		// Past 32 bits: the counter is 64 bits wide (RFC 6238 section 4.2).
		1 << 40: 36650387592,
	} {
		require.Equal(t, want, totp.Step(time.Unix(unix, 0)), "unix %d", unix)
	}
	require.Equal(t, int64(0), totp.Step(time.Unix(29, 999_999_999)))
}
