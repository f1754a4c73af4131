package reset_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/reset"
	"github.com/postern-go/postern/store"
)

// sample begins and ends with characters that must not be mistaken for wrapping.
const (
	sample     = "-_3Jq0xkP5vYw8sZt1uB7nM2cL4hG6fD9eR0aT_yKi8"
	sampleLink = "https://example.org/k7w3/reset#" + sample
)

func TestParseTokenTakesWhatPeoplePaste(t *testing.T) {
	for name, pasted := range map[string]string{
		"the token":                       sample,
		"the link":                        sampleLink,
		"a link to this machine":          "http://localhost:8080/k7w3/reset#" + sample,
		"a link with a query":             "https://example.org/reset?utm=mail#" + sample,
		"the fragment":                    "#" + sample,
		"blanks around":                   "  " + sample + "\t ",
		"line breaks around":              "\r\n" + sampleLink + "\r\n",
		"non-breaking space around":       "\u00a0" + sample + "\u00a0",
		"zero-width space and byte order": "\ufeff" + sample + "\u200b",
		"a token that was wrapped":        sample[:20] + "\r\n" + sample[20:],
		"a link that was wrapped":         sampleLink[:40] + "\n " + sampleLink[40:],
		"blanks inside":                   sample[:10] + " " + sample[10:],
		"angle brackets":                  "<" + sampleLink + ">",
		"angle brackets and a full stop":  "<" + sampleLink + ">.",
		"parentheses":                     "(" + sampleLink + ")",
		"quotation marks":                 `"` + sample + `"`,
		"typographic quotation marks":     "“" + sampleLink + "”",
		"French quotation marks":          "« " + sampleLink + " »",
		"bold":                            "**" + sample + "**",
		"code":                            "`" + sample + "`",
		"a full stop":                     sampleLink + ".",
		"a comma":                         sampleLink + ",",
		"an exclamation mark and a blank": sampleLink + "! ",
		"brackets inside quotation marks": "'<" + sample + ">',",
		"upper-case scheme":               "HTTPS://example.org/reset#" + sample,
	} {
		t.Run(name, func(t *testing.T) {
			token, err := reset.ParseToken(pasted)
			require.NoError(t, err)
			require.Equal(t, sample, token)
		})
	}
}

func TestParseTokenRefusesEverythingElse(t *testing.T) {
	last := sample[:42]
	for name, pasted := range map[string]string{
		"nothing":                         "",
		"blanks only":                     " \r\n",
		"wrapping only":                   "<>",
		"a hash only":                     "#",
		"one character short":             sample[:42],
		"one character more":              sample + "A",
		"padding":                         sample + "=",
		"standard base64":                 "+/" + sample[2:],
		"another spelling of these bytes": last + "9",
		"letters outside ASCII":           "é" + sample[2:],
		"invalid UTF-8":                   "\xff" + sample[1:],
		"a zero byte inside":              sample[:20] + "\x00" + sample[21:],
		"a zero byte after":               sample + "\x00",
		"a token in a query":              "https://example.org/reset?token=" + sample,
		"a token in a path":               "https://example.org/reset/" + sample,
		"a named fragment":                "https://example.org/reset#token=" + sample,
		"two fragments":                   sampleLink + "#" + sample,
		"an empty fragment":               "https://example.org/reset#",
		"an encoded hash":                 "https://example.org/reset%23" + sample,
		"a relative link":                 "/reset#" + sample,
		"a link without scheme":           "example.org/reset#" + sample,
		"another scheme":                  "javascript:alert(1)#" + sample,
		"a link with a user":              "https://a:b@example.org/reset#" + sample,
		"words before the link":           "Your link: " + sampleLink,
		"words after the link":            sampleLink + " ends soon",
		"two tokens":                      sample + "\n" + sample,
		"more than anybody pastes":        strings.Repeat(" ", 4096) + sample,
	} {
		t.Run(name, func(t *testing.T) {
			token, err := reset.ParseToken(pasted)
			require.ErrorIs(t, err, reset.ErrUnknown)
			require.ErrorIs(t, err, reset.ErrLink)
			require.Empty(t, token)
			require.NotContains(t, err.Error(), sample[:8])
		})
	}
}

// FuzzParseToken states that a token has one spelling, and that any other text is
// refused without being quoted.
func FuzzParseToken(f *testing.F) {
	for _, seed := range []string{
		"", sample, sampleLink, " <" + sampleLink + ">.\r\n", "#" + sample, sample[:42] + "9",
		sample[:20] + "\r\n" + sample[20:], "https://[::1%25]/#" + sample, "\xff\xfe" + sample, "http://#" + sample,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, pasted string) {
		token, err := reset.ParseToken(pasted)
		if err != nil {
			require.ErrorIs(t, err, reset.ErrUnknown)
			require.Empty(t, token)
			require.Equal(t, "reset: link does not work: unknown: not a token", err.Error())
			return
		}
		require.Regexp(t, `^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$`, token)
		again, err := reset.ParseToken(token)
		require.NoError(t, err)
		require.Equal(t, token, again)
	})
}

// FuzzLinkRoundTrip states that every link can be pasted back, alone or in the
// wrapping that mail programs put around it.
func FuzzLinkRoundTrip(f *testing.F) {
	f.Add(make([]byte, 32), uint8(3))
	f.Add(bytes.Repeat([]byte{0xff}, 32), uint8(60))
	f.Add([]byte("0123456789abcdef0123456789abcdef"), uint8(74))
	f.Fuzz(func(t *testing.T, raw []byte, breakAt uint8) {
		if len(raw) < 32 {
			return
		}
		links, link := setup(t), reset.LinkOf([32]byte(raw))
		url, err := link.URL("https://example.org/k7w3/reset")
		require.NoError(t, err)
		at := int(breakAt) % len(url)
		for _, pasted := range []string{
			link.Token(), url, "<" + url + ">", "\"" + link.Token() + "\".", url[:at] + "\r\n" + url[at:],
		} {
			token, err := reset.ParseToken(pasted)
			require.NoError(t, err, pasted)
			require.Equal(t, link.Token(), token)
			require.Equal(t, store.DigestOf(link.Token()), links.Spend(pasted).Digest)
		}
	})
}
