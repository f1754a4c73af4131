package reset_test

import (
	"bytes"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/reset"
	"github.com/postern-go/postern/store"
)

func TestACodeIsMadeToBeReadAloud(t *testing.T) {
	l := setup(t)
	seen := map[string]bool{}
	for range 100 {
		link, put, err := l.MakeCode("ada", "boss")
		require.NoError(t, err)
		require.Regexp(t, `^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$`, link.Token())
		require.Equal(t, store.DigestOf(link.Token()), put.Token.Digest)
		require.Equal(t, "boss", put.Token.CreatedBy)
		require.False(t, seen[link.Token()])
		seen[link.Token()] = true
		url, err := link.URL("https://example.org/k7w3/reset")
		require.NoError(t, err)
		require.Equal(t, put.Token.Digest, l.Spend(url).Digest)
	}
	_, _, err := l.MakeCode("", "")
	require.Error(t, err)
}

func TestACodeIsReadHoweverItWasTyped(t *testing.T) {
	code := reset.CodeOf([16]byte(bytes.Repeat([]byte{0x1f, 0x08}, 8)))
	other := reset.CodeOf([16]byte(bytes.Repeat([]byte{0x77}, 16)))
	require.Contains(t, code, "1")
	require.Contains(t, code, "0")
	link := "https://example.org/k7w3/reset#" + code
	for name, typed := range map[string]string{
		"as it is":                   code,
		"lower case":                 strings.ToLower(code),
		"without hyphens":            strings.ReplaceAll(code, "-", ""),
		"spaces":                     " " + strings.ReplaceAll(code, "-", "  ") + "\n",
		"dots":                       strings.ReplaceAll(code, "-", ". "),
		"a dash of a word processor": strings.ReplaceAll(code, "-", " – "),
		"letters for digits":         strings.NewReplacer("1", "l", "0", "o").Replace(code),
		"others":                     strings.NewReplacer("1", "I", "0", "O").Replace(code),
		"full width":                 fullWidth(code),
		"on several lines":           strings.ReplaceAll(code, "-", "\r\n> "),
		"groups of two":              strings.Join(strings.SplitAfter(code, ""), " "),
		"the link":                   link,
		"the link in a sentence":     "Open " + link + ", soon.",
		"the link, encoded":          "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Freset%23" + code + "&data=05",
		"the link, wrapped":          link[:40] + "=\r\n" + link[40:],
		"a sentence":                 "Your code is " + code + " and works once.",
		"twice":                      code + "\n" + code,
	} {
		t.Run(name, func(t *testing.T) {
			token, err := reset.ParseToken(typed)
			require.NoError(t, err)
			require.Equal(t, code, token)
		})
	}
	for name, typed := range map[string]string{
		"a wrong character":              strings.Replace(code, "1", "2", 1),
		"two exchanged":                  code[5:10] + code[:5] + code[10:],
		"a group short":                  code[:len(code)-5],
		"one character more":             code + "A",
		"another one as well":            code + " " + other,
		"two links":                      link + " https://example.org/reset#" + other,
		"a letter that is no part of it": strings.Replace(code, "1", "U", 1),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := reset.ParseToken(typed)
			require.ErrorIs(t, err, reset.ErrUnknown)
		})
	}
}

// Anyone who knows the alias may paste anything, before any limit.
func TestReadingTextThatLooksLikeManyLinksIsNoWork(t *testing.T) {
	for _, text := range []string{"#", "a#", "a ", "#%23", "%2523"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := reset.ParseToken(strings.Repeat(text, 4096/len(text)))
		runtime.ReadMemStats(&after)
		require.ErrorIs(t, err, reset.ErrUnknown)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(48<<20), "%q: what follows each # is read as far as a code reaches", text)
	}
}
