package redact_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/redact"
)

// A random alias, and one that someone chose.
const (
	random = "k3vq7zt2mfxw5hna6pd4"
	chosen = "announcements"
)

func TestAnAliasInATextIsReplaced(t *testing.T) {
	aliases := redact.New("/forum").With(chosen, random)
	for text, want := range map[string]string{
		// The random one, wherever it is.
		"GET /@/login 200": "GET /!/login 200",
		"/@":               "/!",
		"@":                "!",
		"alias is @.":      "alias is !.",
		"https://h.example/forum/@/account?x=1#y": "https://h.example/forum/!/account?x=1#y",
		"/login?next=%2F@%2Faccount":              "/login?next=%2F!%2Faccount",
		"/x?to=%252f@%252f":                       "/x?to=%252f!%252f",
		"/%6b3vq7zt2mfxw5hn%616pd4/login":         "/!/login",
		"/%256b3vq7zt2mfxw5hna6pd4/":              "/!/",
		"/@/a /@/b, then /@":                      "/!/a /!/b, then /!",
		"prefix@suffix":                           "prefix!suffix",
		`{"url":"https:\/\/h\/@\/"}`:              `{"url":"https:\/\/h\/!\/"}`,
		"100% of /@":                              "100% of /!",
		"/@%":                                     "/!%",
		"é/@/ü":                                   "é/!/ü",
		// The chosen one, in an address.
		"GET /announcements/login HTTP/1.1":  "GET /!/login HTTP/1.1",
		"/announcements":                     "/!",
		"announcements":                      "!",
		"announcements/login":                "!/login",
		"/forum/announcements/":              "/forum/!/",
		"https://h/announcements?x":          "https://h/!?x",
		"https://h:8443/forum/announcements": "https://h:8443/forum/!",
		"//h/announcements#x":                "//h/!#x",
		"h.example/announcements/":           "h.example/!/",
		`path="/announcements/x"`:            `path="/!/x"`,
		"next=%2Fannouncements%2Fx":          "next=%2F!%2Fx",
		"/x?back=/announcements/x":           "/x?back=/!/x",
		"Get \"https://h/announcements/\":":  "Get \"https://h/!/\":",
		"/announcements/announcements":       "/!/announcements",
		// What is not the alias stays as it was.
		"/board/announcements/5":              "",
		"https://h/board/announcements":       "",
		"/announcements-2026":                 "",
		"/announcementsx":                     "",
		"/old-announcements":                  "",
		"read the announcements, please":      "",
		"/forum/x/announcements":              "",
		"k3vq7zt2mfxw5hna6pd":                 "",
		"/K3VQ7ZT2MFXW5HNA6PD4/":              "",
		"%":                                   "",
		"%2":                                  "",
		"%25":                                 "",
		"":                                    "",
		"/nothing/here?a=%zz&b=" + "%2525%25": "",
	} {
		text = strings.ReplaceAll(text, "@", random)
		want = strings.ReplaceAll(want, "!", redact.Word)
		if want == "" {
			require.Zero(t, testing.AllocsPerRun(10, func() { _ = aliases.Text(text) }), text)
			want = text
		}
		require.Equal(t, want, aliases.Text(text))
		require.Equal(t, want, aliases.Text(want), "twice")
	}
}

func TestTheOfficesAddressIsCutFromAHeader(t *testing.T) {
	aliases := redact.New("/forum").With(chosen, random)
	for text, want := range map[string]string{
		"https://h/@/orders?x=1":        "https://h/orders?x=1",
		"https://h/forum/@/orders":      "https://h/orders",
		"https://h/forum/@":             "https://h/",
		"https://h/@?x=/@/y":            "https://h/?x=/y",
		"/@":                            "/",
		"/announcements/orders":         "/orders",
		"https://h/board/announcements": "https://h/board/announcements",
		"%2F@%2Forders":                 "%2Forders",
		"%2f@":                          "%2f",
		"for=1.2.3.4;path=\"/@/x\"":     "for=1.2.3.4;path=\"/x\"",
		"text/html":                     "text/html",
		"@":                             "none",
		"prefix-@":                      "none",
		"announcements":                 "none",
	} {
		cut, ok := aliases.Cut(strings.ReplaceAll(text, "@", random))
		if !ok {
			cut = "none"
		}
		require.Equal(t, want, cut, text)
	}
}

func TestWhetherAStrangersTextHasTheAlias(t *testing.T) {
	aliases := redact.New("/forum").With(chosen, random)
	for text, want := range map[string]bool{
		"https://h/announcements/x": true, "https://h/forum/announcements": true, "https://h/?back=/announcements/": true,
		"https://h/board/announcements/5": false, "https://h/announcements-2026/": false, "https://h/announcement": false,
		"https://h/@/": true, "/@": true, "/@?x": true, "%2F@": true, "/x?next=%252f@%252f": true, "/x/@": true,
		"": false, "/": false, "%": false, "@": false, "/@x": false, "/x@": false, "/" + random[1:]: false,
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36": false,
	} {
		text = strings.ReplaceAll(text, "@", random)
		require.Equal(t, want, aliases.In(text), text)
		require.Zero(t, testing.AllocsPerRun(10, func() { _ = aliases.In(text) }))
	}
}

func TestFormerAliasesAreRemembered(t *testing.T) {
	aliases := redact.New("")
	require.Equal(t, "/"+random, aliases.Text("/"+random))
	first := aliases.With(random, "", random)
	require.Same(t, first, first.With(random))
	more := first
	for _, c := range "abcdefghijklmno" {
		more = more.With(strings.Repeat(string(c), 8))
	}
	require.Equal(t, "/_office /_office", more.Text("/"+random+" /aaaaaaaa"))
	more = more.With("zzzzzzzz")
	require.Equal(t, "/"+random+" /_office", more.Text("/"+random+" /zzzzzzzz"), "as many as there is room for")
	for _, c := range "bcdefghijklmnopq" {
		more = more.With(strings.Repeat(string(c), 9), "zzzzzzzz")
	}
	require.Equal(t, "/_office", more.Text("/zzzzzzzz"), "the one in force is always known")
	require.Equal(t, "/_office", first.Text("/"+random), "which changed nothing of those before")
}

func FuzzText(f *testing.F) {
	f.Add("/" + random + "/%2F" + random + "%")
	aliases := redact.New("/forum").With(random)
	f.Fuzz(func(t *testing.T, text string) {
		redacted := aliases.Text(text)
		require.NotContains(t, redacted, random)
		_, _ = aliases.Cut(text)
		_ = aliases.In(text)
	})
}
