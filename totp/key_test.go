package totp_test

import (
	"net/url"
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

func TestKeyURIParsesBackToTheSameKey(t *testing.T) {
	for _, issuer := range awkwardNames {
		for _, account := range awkwardNames {
			for _, o := range []totp.Options{{}, {Algorithm: totp.SHA512, Digits: 8}} {
				k := newKey(t, issuer, account, o)
				back, err := totp.ParseURI(k.URI())
				require.NoError(t, err, "%q %q", issuer, account)
				require.Equal(t, k, back)
				require.True(t, k.Secret.Equal(back.Secret))
				require.Equal(t, k.URI(), back.URI())

				// net/url, an independent reader, sees the same parts.
				u, err := url.Parse(k.URI())
				require.NoError(t, err)
				require.Equal(t, "/"+issuer+":"+account, u.Path)
				require.Equal(t, issuer, u.Query().Get("issuer"))
				require.NotContains(t, k.URI(), "+")
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

func TestParseURIReadsKeysOfOtherMakers(t *testing.T) {
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	for _, c := range []struct{ name, uri, issuer, account string }{
		{"the least there is", "otpauth://totp/ada?secret=" + secret + "&issuer=ACME", "ACME", "ada"},
		{"issuer only in the label", "otpauth://totp/ACME:ada?secret=" + secret, "ACME", "ada"},
		{"encoded colon", "otpauth://totp/ACME%3Aada?secret=" + secret + "&issuer=ACME", "ACME", "ada"},
		{"space after the colon", "otpauth://totp/ACME:%20ada?secret=" + secret + "&issuer=ACME", "ACME", "ada"},
		{"plus for a space in the query", "otpauth://totp/ACME%20Co:ada?secret=" + secret + "&issuer=ACME+Co", "ACME Co", "ada"},
		{"bare plus in the label is a plus", "otpauth://totp/ACME:ada+ops@example.org?secret=" + secret, "ACME", "ada+ops@example.org"},
		{"scheme and host in capitals", "OTPAUTH://TOTP/ACME:ada?secret=" + secret, "ACME", "ada"},
		{"secret in lower case with padding", "otpauth://totp/ACME:ada?secret=" + strings.ToLower(secret) + "%3D%3D", "ACME", "ada"},
		{"algorithm in lower case", "otpauth://totp/ACME:ada?algorithm=sha1&secret=" + secret, "ACME", "ada"},
		{"unknown parameter", "otpauth://totp/ACME:ada?image=https%3A%2F%2Fexample.org%2Fi.png&secret=" + secret, "ACME", "ada"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k, err := totp.ParseURI(c.uri)
			require.NoError(t, err)
			require.Equal(t, newKey(t, c.issuer, c.account, totp.Options{}), k)
		})
	}
}

func TestParseURIRefusesWhatItCouldNotVerify(t *testing.T) {
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	const good = "otpauth://totp/ACME:ada?secret=" + secret
	for _, c := range []struct{ name, uri, want string }{
		{"empty", "", "otpauth://totp/"},
		{"another scheme", "https://totp/ACME:ada?secret=" + secret, "otpauth://totp/"},
		{"counter-based", "otpauth://hotp/ACME:ada?counter=0&secret=" + secret, "otpauth://totp/"},
		{"a port", "otpauth://totp:80/ACME:ada?secret=" + secret, "otpauth://totp/"},
		{"a user", "otpauth://" + secret + "@totp/ACME:ada?secret=" + secret, "otpauth://totp/"},
		{"a fragment", good + "#" + secret, "otpauth://totp/"},
		{"no slashes", "otpauth:totp/ACME:ada?secret=" + secret, "otpauth://totp/"},
		{"broken escape in the label", "otpauth://totp/ACME:%GE" + secret, "not a URI"},
		{"secret as a port", "otpauth://totp:" + secret + "/ACME:ada", "not a URI"},
		{"control character", good + "\n", "not a URI"},
		{"broken escape in the query", good + "%GE", "malformed query"},
		{"semicolon in the query", good + ";digits=8", "malformed query"},
		{"no label", "otpauth://totp/?issuer=ACME&secret=" + secret, "account is empty"},
		{"no issuer", "otpauth://totp/ada?secret=" + secret, "issuer is empty"},
		{"two colons", "otpauth://totp/ACME:ada:x?secret=" + secret, "account holds a colon"},
		{"two issuers that differ", good + "&issuer=Evil", "issuer differs"},
		{"issuer emptied in the parameter", good + "&issuer=", "issuer differs"},
		{"no secret", "otpauth://totp/ACME:ada", "has 0 bytes"},
		{"short secret", "otpauth://totp/ACME:ada?secret=JBSWY3DPEHPK3PXP", "has 10 bytes"},
		{"two secrets", good + "&secret=" + secret, "secret is given more than once"},
		{"two algorithms", good + "&algorithm=SHA1&algorithm=SHA256", "algorithm is given more than once"},
		{"MD5", good + "&algorithm=MD5", "algorithm is not"},
		{"secret in the wrong parameter", good + "&algorithm=" + secret, "algorithm is not"},
		{"empty algorithm", good + "&algorithm=", "algorithm is not"},
		{"seven digits", good + "&digits=7", "digits is not"},
		{"digits with a sign", good + "&digits=%2B6", "digits is not"},
		{"empty digits", good + "&digits=", "digits is not"},
		{"sixty seconds", good + "&period=60", "period is not"},
		{"period zero", good + "&period=0", "period is not"},
		{"very long", good + "&x=" + strings.Repeat(secret, 200), "too long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k, err := totp.ParseURI(c.uri)
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, "parse totp key uri: ")
			require.NotContains(t, err.Error(), "GEZD", "the error quotes the secret")
			require.True(t, k.Secret.IsZero())
		})
	}
}

func FuzzParseURI(f *testing.F) {
	for _, name := range awkwardNames {
		f.Add(newKey(f, name, "ada@example.org", totp.Options{}).URI())
	}
	for _, uri := range []string{
		"otpauth://totp/ACME%3A%20ada?secret=gezdgnbvgy3tqojqgezdgnbvgy3tqojq&issuer=ACME&digits=8&algorithm=sha512&period=30",
		"otpauth://hotp/ACME:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "otpauth://totp//:x", "", "::",
	} {
		f.Add(uri)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		k, err := totp.ParseURI(uri)
		if err != nil {
			require.Equal(t, totp.Key{}, k)
			return
		}
		require.NoError(t, k.Validate())
		back, err := totp.ParseURI(k.URI())
		require.NoError(t, err)
		require.Equal(t, k, back)
		require.Equal(t, k.URI(), back.URI())
	})
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
		back, err := totp.ParseURI(k.URI())
		require.NoError(t, err)
		require.Equal(t, k, back)
	})
}
