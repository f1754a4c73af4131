package totp_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/totp"
)

func TestNewSecretIsAsLongAsTheHashOutput(t *testing.T) {
	for algorithm, want := range map[totp.Algorithm]int{totp.SHA1: 20, totp.SHA256: 32, totp.SHA512: 64} {
		s, err := totp.NewSecret(algorithm)
		require.NoError(t, err)
		require.Len(t, s.Bytes(), want, algorithm.String())
	}
}

func TestNewSecretsAreDistinct(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		s, err := totp.NewSecret(totp.SHA1)
		require.NoError(t, err)
		seen[s.Base32()] = true
	}
	require.Len(t, seen, 1000)
}

func TestNewSecretRefusesAnUnknownAlgorithm(t *testing.T) {
	s, err := totp.NewSecret(3)
	require.EqualError(t, err, "new totp secret: unknown algorithm 3")
	require.True(t, s.IsZero())
}

func TestSecretFromBytesBoundsTheLength(t *testing.T) {
	for length, accepted := range map[int]bool{0: false, 10: false, 15: false, 16: true, 20: true, 128: true, 129: false} {
		s, err := totp.SecretFromBytes(make([]byte, length))
		require.Equal(t, accepted, err == nil, "%d bytes", length)
		require.Equal(t, accepted, !s.IsZero())
	}
}

func TestSecretSharesNoMemoryWithItsCaller(t *testing.T) {
	in := []byte("12345678901234567890")
	s, err := totp.SecretFromBytes(in)
	require.NoError(t, err)
	in[0] = 'X'
	s.Bytes()[1] = 'X'
	require.Equal(t, "12345678901234567890", string(s.Bytes()))
}

func TestParseSecretReadsWhatPeopleType(t *testing.T) {
	const canonical = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOI" // 19 bytes, one character short of a group
	for _, text := range []string{
		canonical,
		canonical + "=",
		strings.ToLower(canonical),
		"GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOI",
		"gezd-gnbv-gy3t-qojq-gezd-gnbv-gy3t-qoi=",
		"\t GEZD\u00a0GNBV\u202fGY3T QOJQ\r\nGEZD GNBV GY3T QOI =\n",
	} {
		s, err := totp.ParseSecret(text)
		require.NoError(t, err, "%q", text)
		require.Equal(t, canonical, s.Base32())
		require.Equal(t, "1234567890123456789", string(s.Bytes()))
	}
}

func TestParseSecretRefusesWhatIsNotASecret(t *testing.T) {
	const good = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "has 0 bytes"},
		{"only separators", " - = ", "has 0 bytes"},
		{"only padding", "======", "has 0 bytes"},
		{"ten bytes, as in the key URI example", "JBSWY3DPEHPK3PXP", "has 10 bytes"},
		{"fifteen bytes", good[:24], "has 15 bytes"},
		{"129 bytes", strings.Repeat("A", 207), "has 129 bytes"},
		{"digit one for the letter I", "1" + good[1:], "not valid base32"},
		{"digit zero for the letter O", "0" + good[1:], "not valid base32"},
		{"long s, which Unicode maps to S", "ſ" + good[1:], "not valid base32"},
		{"dotless i, which Unicode maps to I", "ı" + good[1:], "not valid base32"},
		{"padding in the middle", good[:16] + "=" + good[16:], "not valid base32"},
		{"one character lost", good[:31], "not valid base32"},
		{"a length no encoder makes", good[:30], "not valid base32"},
		{"left-over bits in the last character", good[:27] + "B", "not valid base32"},
		{"a NUL", good + "\x00", "not valid base32"},
		{"not UTF-8", good + "\xff", "not valid base32"},
		{"very long", strings.Repeat(good, 1000), "text is too long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := totp.ParseSecret(c.text)
			require.ErrorContains(t, err, c.want)
			require.True(t, s.IsZero())
			require.NotContains(t, err.Error(), good[8:16], "the error quotes the secret")
		})
	}
}

func TestGroupedShowsGroupsOfFour(t *testing.T) {
	require.Equal(t, "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ", rfcSecret(t, totp.SHA1).Grouped())
	s, err := totp.SecretFromBytes([]byte("1234567890123456789"))
	require.NoError(t, err)
	require.Equal(t, "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOI", s.Grouped())
	require.Empty(t, totp.Secret{}.Grouped())
}

func TestEqualComparesTheSecretsThemselves(t *testing.T) {
	s := rfcSecret(t, totp.SHA1)
	require.True(t, s.Equal(rfcSecret(t, totp.SHA1)))
	require.False(t, s.Equal(rfcSecret(t, totp.SHA256)))
	require.False(t, s.Equal(totp.Secret{}))
}

// outputs returns v as printed in every common way.
func outputs(t *testing.T, v any) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%b", "%c", "%U", "%t", "%10v"} {
		all[verb] = fmt.Sprintf(verb, v)
	}
	all["errorf"] = fmt.Errorf("wrapped: %v", v).Error()
	asJSON, err := json.Marshal(v)
	require.NoError(t, err)
	all["json"] = string(asJSON)

	var text, structured, page bytes.Buffer
	slog.New(slog.NewTextHandler(&text, nil)).Info("event", "value", v)
	slog.New(slog.NewJSONHandler(&structured, nil)).Info("event", "value", v)
	all["slog text"], all["slog json"] = text.String(), structured.String()

	require.NoError(t, template.Must(template.New("").Parse(`<p title="{{.}}">{{.}}</p><script>let v = {{.}}</script>`)).Execute(&page, v))
	all["html/template"] = page.String()
	return all
}

func TestSecretNeverLeaks(t *testing.T) {
	s := rfcSecret(t, totp.SHA1)
	key, err := totp.NewKey("ACME Co", "ada@example.org", s, totp.Options{})
	require.NoError(t, err)
	for name, v := range map[string]any{
		"secret":                    s,
		"pointer to secret":         &s,
		"list of secrets":           []totp.Secret{s},
		"map of secrets":            map[string]totp.Secret{"k": s},
		"struct":                    struct{ Secret totp.Secret }{s},
		"struct, unexported field":  struct{ secret totp.Secret }{s},
		"struct, unexported nested": struct{ inner struct{ secret *totp.Secret } }{struct{ secret *totp.Secret }{&s}},
		"key":                       key,
		"pointer to key":            &key,
		"struct, unexported key":    struct{ key totp.Key }{key},
	} {
		for way, out := range outputs(t, v) {
			for what, leak := range map[string]string{
				"text":          "1234567890",
				"base32":        "GEZDGNBV",
				"grouped":       "GEZD GNBV",
				"bytes":         "49 50 51",
				"listed bytes":  "49,50,51",
				"hex":           "31323334",
				"spaced hex":    "0x31, 0x32",
				"base64":        "MTIzNDU2",
				"code points":   "U+0031",
				"binary":        "110001 110010",
				"octal":         "61 62 63",
				"escaped bytes": `\x31`,
			} {
				require.NotContains(t, strings.ToUpper(out), strings.ToUpper(leak), "%s printed with %s leaks as %s", name, way, what)
			}
		}
	}
}

func TestSecretSaysThatItIsRedacted(t *testing.T) {
	s := rfcSecret(t, totp.SHA1)
	require.Equal(t, "[redacted]", s.String())
	require.Equal(t, "[redacted]", s.GoString())
	require.Equal(t, "[redacted]", fmt.Sprintf("%+v", s))
	require.Equal(t, "[redacted]", s.LogValue().String())
	asJSON, err := json.Marshal(map[string]any{"s": s})
	require.NoError(t, err)
	require.JSONEq(t, `{"s":"[redacted]"}`, string(asJSON))
	asXML, err := xml.Marshal(s)
	require.NoError(t, err)
	require.Equal(t, "<Secret>[redacted]</Secret>", string(asXML))
	require.Error(t, gob.NewEncoder(io.Discard).Encode(s))
	require.Error(t, json.Unmarshal([]byte(`"[redacted]"`), &s), "a redacted secret cannot be read back")
}

func TestAlgorithmsHaveTheNamesOfKeyURIs(t *testing.T) {
	for a, want := range map[totp.Algorithm]string{
		totp.SHA1: "SHA1", totp.SHA256: "SHA256", totp.SHA512: "SHA512", 3: "Algorithm(3)", -1: "Algorithm(-1)",
	} {
		require.Equal(t, want, a.String())
	}
}

func FuzzParseSecret(f *testing.F) {
	for _, seed := range []string{
		"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "gezd gnbv gy3t qojq gezd gnbv gy3t qoi=", "JBSWY3DPEHPK3PXP",
		"GEZDGNBVGY3TQOJQGEZDGNBVGYB", "", "====", "ſ", "GEZD-GNBV",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := totp.ParseSecret(text)
		if err != nil {
			require.True(t, s.IsZero())
			return
		}
		require.GreaterOrEqual(t, len(s.Bytes()), totp.MinSecretBytes)
		require.LessOrEqual(t, len(s.Bytes()), totp.MaxSecretBytes)
		for _, form := range []string{s.Base32(), s.Grouped(), strings.ToLower(s.Grouped())} {
			back, err := totp.ParseSecret(form)
			require.NoError(t, err)
			require.True(t, s.Equal(back))
		}
	})
}
