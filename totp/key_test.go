package totp_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/totp"
)

func newKey(t testing.TB, issuer, account string, o totp.Options) totp.Key {
	t.Helper()
	k, err := totp.NewKey(issuer, account, rfcSecret(t, o.Algorithm), o)
	require.NoError(t, err)
	return k
}

func TestKeyURIHasTheDocumentedForm(t *testing.T) {
	require.Equal(t,
		"otpauth://totp/ACME%20Co:ada%2Bops%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=ACME%20Co&algorithm=SHA1&digits=6&period=30",
		newKey(t, "ACME Co", "ada+ops@example.org", totp.Options{}).URI())
	require.Equal(t,
		"otpauth://totp/Caf%C3%A9:zo%C3%AB?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA&issuer=Caf%C3%A9&algorithm=SHA256&digits=8&period=30",
		newKey(t, "Café", "zoë", totp.Options{Algorithm: totp.SHA256, Digits: 8}).URI())
}

// awkwardNames are names that a careless encoder would break.
var awkwardNames = []string{
	"ACME Co", "ada@example.org", "ada+ops@example.org", "Zoë Åström", "日本語", "👩‍💻", "50% & more", "a/b/../c",
	"//host", "?issuer=Evil&secret=AAAA", "#fragment", `"quoted" <b>`, "a;b=c", "..", "%3A", "%", "+", "a\u00a0b", "ſ",
}

// requireReadBack has net/url, an independent reader, take the URI apart.
func requireReadBack(t *testing.T, k totp.Key) {
	t.Helper()
	u, err := url.Parse(k.URI())
	require.NoError(t, err)
	require.Equal(t, "otpauth", u.Scheme)
	require.Equal(t, "totp", u.Host)
	require.Equal(t, "/"+k.Issuer+":"+k.Account, u.Path)
	require.Equal(t, url.Values{
		"secret": {k.Secret.Base32()}, "issuer": {k.Issuer}, "algorithm": {k.Algorithm.String()},
		"digits": {strconv.Itoa(int(k.Digits))}, "period": {"30"},
	}, u.Query())
	require.NotContains(t, k.URI(), "+")
}

func TestKeyURIReadsBackAsTheSameKey(t *testing.T) {
	for _, issuer := range awkwardNames {
		for _, account := range awkwardNames {
			for _, o := range []totp.Options{{}, {Algorithm: totp.SHA512, Digits: 8}} {
				k := newKey(t, issuer, account, o)
				requireReadBack(t, k)
			}
		}
	}
}

func TestNewKeyTrimsNamesAndFillsDigitsIn(t *testing.T) {
	k := newKey(t, " ACME Co\n", "\tada ", totp.Options{StrictWindow: true})
	require.Equal(t, "ACME Co", k.Issuer)
	require.Equal(t, "ada", k.Account)
	require.Equal(t, totp.Options{Digits: 6, StrictWindow: true}, k.Options)
}

func TestNewKeyRefusesNamesThatAppsWouldShowWrongly(t *testing.T) {
	s := rfcSecret(t, totp.SHA1)
	for _, c := range []struct{ name, value, want string }{
		{"empty", "", "is empty"},
		{"only white space", " \t\n", "is empty"},
		{"colon", "ACME: Co", "holds a colon"},
		{"line end inside", "ACME\nCo", "holds a control character"},
		{"NUL", "ACME\x00", "holds a control character"},
		{"delete", "ACME\x7fCo", "holds a control character"},
		{"line separator", "ACME\u2028Co", "holds a control character"},
		{"right-to-left override", "ACME\u202eoC", "holds a control character"},
		{"isolate", "ACME\u2066Co", "holds a control character"},
		{"not UTF-8", "ACME\xff", "is not valid UTF-8"},
		{"too long", strings.Repeat("x", 255), "is longer than"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := totp.NewKey(c.value, "ada", s, totp.Options{})
			require.ErrorContains(t, err, "issuer "+c.want)
			_, err = totp.NewKey("ACME", c.value, s, totp.Options{})
			require.ErrorContains(t, err, "account "+c.want)
		})
	}
}

func TestNewKeyReportsAllMistakesAtOnce(t *testing.T) {
	_, err := totp.NewKey("", "a:b", totp.Secret{}, totp.Options{Algorithm: 5, Digits: 7})
	for _, want := range []string{"issuer is empty", "account holds a colon", "secret is empty", "unknown algorithm 5", "not 7"} {
		require.ErrorContains(t, err, want)
	}
}

func TestAKeyThatIsNotValidHasNoURIAndNoPicture(t *testing.T) {
	colon := newKey(t, "ACME", "ada", totp.Options{})
	colon.Issuer = "ACME:Evil"
	unknown := newKey(t, "ACME", "ada", totp.Options{})
	unknown.Algorithm = 7
	for name, k := range map[string]totp.Key{"zero": {}, "colon put in later": colon, "algorithm changed later": unknown} {
		require.Error(t, k.Validate(), name)
		require.Empty(t, k.URI(), name)
		_, err := k.PNG(256)
		require.ErrorContains(t, err, "draw qr code", name)
		_, err = k.SVG()
		require.ErrorContains(t, err, "draw qr code", name)
	}
}

// FuzzNewKey states that every valid key can be read back.
func FuzzNewKey(f *testing.F) {
	for i, name := range awkwardNames {
		f.Add(name, awkwardNames[len(awkwardNames)-1-i], []byte("12345678901234567890"), i%3, 6+2*(i%2))
	}
	f.Fuzz(func(t *testing.T, issuer, account string, secret []byte, algorithm, digits int) {
		s, err := totp.SecretFromBytes(secret)
		if err != nil {
			return
		}
		k, err := totp.NewKey(issuer, account, s, totp.Options{Algorithm: totp.Algorithm(algorithm), Digits: digits})
		if err != nil {
			return
		}
		requireReadBack(t, k)
	})
}
