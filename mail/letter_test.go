package mail_test

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/smtpsink"
	"github.com/postern-go/postern/mail"
)

// letter returns a letter with every field set.
func letter() mail.Letter {
	return mail.Letter{
		Kind: "password-reset", Sender: "Acme", Origin: "https://community.example", Subject: "Reset your Acme password",
		Greeting: "Hello Ada,", Paragraphs: []string{"Someone asked for a new password.", "If this was you, open the link."},
		Details: []mail.Detail{{Label: "IP address", Value: "192.0.2.17"}}, Button: &mail.Button{Label: "Choose a new password", URL: link},
		Expires: "The link works once.", Home: "https://community.example/k7w3/", NotYou: "Do nothing.",
		Values: struct{ Token string }{token},
	}
}

var (
	head = regexp.MustCompile(`(?s)<head>.*</head>`)
	tags = regexp.MustCompile(`<[^>]*>`)
	href = regexp.MustCompile(`href="([^"]*)"`)
)

// words returns what a reader of the HTML sees, on one line.
func words(markup string) string {
	markup = head.ReplaceAllString(markup, "")
	return line(html.UnescapeString(tags.ReplaceAllString(markup, " ")))
}

func line(s string) string { return strings.Join(strings.Fields(s), " ") }

// The link is read from both parts of the email that a server received, with a
// decoder of the standard library.
func TestLinksSurviveTheWay(t *testing.T) {
	sink := smtpsink.Start(t, smtpsink.Options{})
	sender := newSMTP(t, sink.Addr, plain)
	outbox, dir := newOutbox(t)
	links := []string{
		link,
		"https://community.example/a/reset#" + strings.Repeat("A", 900),
		"https://community.example/a/reset#=3D=20=0A==",
		"https://community.example/a/reset#a+b&c=d;e,f:g@h!i$j*k~l-m_n",
		"https://community.example/a/reset?x=1&amp;y=2&copy=3#%23%41",
		"https://community.example/a/reset#.leading.dots.",
		"https://community.example/" + strings.Repeat("x", 36) + "#" + strings.Repeat("-_", 30),
	}
	for i, want := range links {
		l := letter()
		l.Sender, l.Greeting, l.Home, l.Button.URL = "Acmé", "Hello Zoë,", "", want
		m, err := l.Message("ada@example.com")
		require.NoError(t, err, want)
		require.NoError(t, sender.Send(t.Context(), m))
		require.NoError(t, outbox.Send(t.Context(), m))

		sent, err := sink.Messages()[i].Body()
		require.NoError(t, err)
		_, contents := files(t, dir)
		kept, err := smtpsink.Decode(strings.NewReader(contents[i]))
		require.NoError(t, err)
		require.Equal(t, sent, kept)
		require.Contains(t, strings.Split(sent.Text, "\n"), want, "alone on its line in the text")
		found := href.FindStringSubmatch(sent.HTML)
		require.Len(t, found, 2)
		require.Equal(t, want, html.UnescapeString(found[1]), "behind the button")
		require.Contains(t, strings.Fields(words(sent.HTML)), want, "to be copied from the HTML")
	}
}

func TestLinksThatDoNotBelongAreRefused(t *testing.T) {
	for name, bad := range map[string]string{
		"no link":                      "",
		"another host":                 "https://evil.example/reset#x",
		"a host that begins the same":  "https://community.example.evil.example/reset#x",
		"user info before the host":    "https://community.example@evil.example/reset#x",
		"another scheme":               "http://community.example/reset#x",
		"script":                       "javascript:alert(1)",
		"a relative link":              "/reset#x",
		"a space":                      "https://community.example/re set#x",
		"a line break":                 "https://community.example/reset\n#x",
		"a quote":                      `https://community.example/reset"#x`,
		"an apostrophe":                "https://community.example/reset'#x",
		"markup":                       "https://community.example/<b>#x",
		"parentheses":                  "https://community.example/(x)",
		"characters outside ASCII":     "https://community.example/zurück#x",
		"an escape that is none":       "https://community.example/%zz#x",
		"an escape that is none later": "https://community.example/reset#%zz",
	} {
		t.Run(name, func(t *testing.T) {
			l := letter()
			l.Button = &mail.Button{Label: "Open", URL: bad}
			_, err := l.Message("ada@example.com")
			require.ErrorContains(t, err, "Button.URL")
			if bad != "" {
				require.NotContains(t, err.Error(), bad)
			}
			l = letter()
			if l.Home = bad; bad != "" {
				_, err = l.Message("ada@example.com")
				require.ErrorContains(t, err, "Home")
			}
		})
	}
}

func TestIncompleteLettersAreRefusedWithEveryReason(t *testing.T) {
	_, err := mail.Letter{Origin: "https://community.example/path", Button: &mail.Button{}, Language: `ar" x`, Direction: "up"}.Message("nobody")
	for _, reason := range []string{"Language", "Direction", "Kind", "Sender", "Subject", "Greeting", "Paragraphs", "Origin", "Button.Label", "Button.URL", "with an “@”"} {
		require.ErrorContains(t, err, reason)
	}
	for _, origin := range []string{"", "community.example", "ftp://community.example", "https://", "https://a@b", "https://a/?x", "https://a#x", "javascript:x"} {
		l := letter()
		l.Origin = origin
		_, err := l.Message("ada@example.com")
		require.ErrorContains(t, err, "Origin", origin)
	}
}

// A letter from right to left begins at the right, and what is the same in every language
// reads from left to right in it.
func TestLettersAreReadInTheDirectionOfTheirLanguage(t *testing.T) {
	l := letter()
	for _, want := range []struct{ language, direction, url string }{
		{"en", "ltr", `<p dir="ltr" style="margin:0 0 16px;word-break:break-all">`},
		{"ar", "rtl", `<p dir="ltr" style="margin:0 0 16px;word-break:break-all;text-align:right">`},
	} {
		m, err := l.Message("ada@example.com")
		require.NoError(t, err)
		for _, tag := range []string{"html", "div"} {
			require.Contains(t, m.HTML, fmt.Sprintf(`<%s lang="%s" dir="%s"`, tag, want.language, want.direction))
		}
		require.Equal(t, 3, strings.Count(m.HTML, want.url))
		require.Contains(t, m.HTML, "<bdi>192.0.2.17</bdi>")
		l.Language, l.Direction = "ar", "rtl"
	}
	l.Language = "x-elvish" // private use, as BCP 47 has it
	_, err := l.Message("ada@example.com")
	require.NoError(t, err, "or the office could not write to those who chose it")
}

func TestNamesThatCouldPassForALinkAreNotGreeted(t *testing.T) {
	for name, want := range map[string]string{
		"Ada":                      "Hello Ada,",
		"J.R. Smith":               "Hello J.R. Smith,",
		"Zoë 李":                    "Hello Zoë 李,",
		" Ada\r\n Lovelace ":       "Hello Ada Lovelace,",
		"":                         "Hello,",
		"visit https://evil.com":   "Hello,",
		"Win at evil.com":          "Hello,",
		"evil.com/x":               "Hello,",
		"eve@evil":                 "Hello,",
		"<b>Ada</b>":               "Hello,",
		"\u202eadA":                "Hello adA,",
		strings.Repeat("a", 200):   "Hello " + strings.Repeat("a", 79) + "…,",
		"tel:0900123":              "Hello,",
		"пример.рф ждёт вас":       "Hello,",
		"Dr. Ada Lovelace, M. Sc.": "Hello Dr. Ada Lovelace, M. Sc.,",
	} {
		require.Equal(t, want, mail.Greeting(name))
	}
}
