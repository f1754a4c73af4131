package mail_test

import (
	"flag"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/smtpsink"
	"github.com/postern-go/postern/mail"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file under testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// sample returns the sample letter of a kind.
func sample(t *testing.T, kind string) mail.Letter {
	t.Helper()
	for _, l := range mail.Samples() {
		if l.Kind == kind {
			return l
		}
	}
	t.Fatalf("no sample of %s", kind)
	return mail.Letter{}
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

func TestLettersReadAsAgreed(t *testing.T) {
	for _, kind := range []string{"invitation", "password-reset", "new-device"} {
		t.Run(kind, func(t *testing.T) {
			m, err := sample(t, kind).Message("ada@example.com")
			require.NoError(t, err)
			golden(t, kind+".txt", "Subject: "+m.Subject+"\n\n"+m.Text)
			golden(t, kind+".html", m.HTML)
		})
	}
}

func TestSubjectsSayOfficeAndAct(t *testing.T) {
	var subjects strings.Builder
	for _, l := range mail.Samples() {
		require.Contains(t, l.Subject, "Acme", l.Kind)
		subjects.WriteString(l.Kind + ": " + l.Subject + "\n")
	}
	golden(t, "subjects.txt", subjects.String())
}

func TestEveryLetterIsCompleteInBothParts(t *testing.T) {
	for _, l := range mail.Samples() {
		t.Run(l.Kind, func(t *testing.T) {
			m, err := l.Message("ada@example.com")
			require.NoError(t, err)
			text, markup := line(m.Text), words(m.HTML)
			says := append([]string{l.Office, l.Greeting, l.Expires, l.NotYou, l.Home, l.Origin}, l.Paragraphs...)
			for _, d := range l.Details {
				says = append(says, d.Label+": "+d.Value)
			}
			if l.Button != nil {
				says = append(says, l.Button.Label, l.Button.URL)
			}
			for _, s := range says {
				require.Contains(t, text, s)
				require.Contains(t, markup, s)
			}
			require.NotEmpty(t, l.NotYou, "every letter says what to do")
			for _, l := range strings.Split(m.Text, "\n") {
				if !strings.Contains(l, "://") {
					require.LessOrEqual(t, len(l), 72)
				}
			}
			require.NotContains(t, m.Text, "\n\n\n")

			for _, forbidden := range []string{"<img", "<script", "<style", "<link", "url(", "@import", "http-equiv", "ZgotmplZ"} {
				require.NotContains(t, m.HTML, forbidden, "no pictures, no tracking")
			}
			for _, found := range href.FindAllStringSubmatch(m.HTML, -1) {
				require.True(t, strings.HasPrefix(found[1], "https://community.example/"), found[1])
			}
		})
	}
}

func TestOnlyLettersWithALinkHoldASecret(t *testing.T) {
	withLink := map[string]bool{"invitation": true, "password-reset": true, "member-reset": true}
	for _, l := range mail.Samples() {
		m, err := l.Message("ada@example.com")
		require.NoError(t, err)
		require.Equal(t, withLink[l.Kind], strings.Contains(m.Text+m.HTML, "#Zk3vW8"), l.Kind)
		require.Equal(t, withLink[l.Kind], l.Expires != "", l.Kind)
	}
}

// The link is read from the mail that a server received, with a decoder of the
// standard library, in both parts.
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
		letter := mail.PasswordReset(mail.PasswordResetValues{
			About: mail.About{Office: "Acmé", Origin: "https://community.example", Name: "Zoë"}, Link: want,
		})
		m, err := letter.Message("ada@example.com")
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
			l := sample(t, "password-reset")
			l.Button = &mail.Button{Label: "Open", URL: bad}
			_, err := l.Message("ada@example.com")
			require.ErrorContains(t, err, "Button.URL")
			if bad != "" {
				require.NotContains(t, err.Error(), bad)
			}
			l = sample(t, "invitation")
			if l.Home = bad; bad != "" {
				_, err = l.Message("ada@example.com")
				require.ErrorContains(t, err, "Home")
			}
		})
	}
}

func TestIncompleteLettersAreRefusedWithEveryReason(t *testing.T) {
	_, err := mail.Letter{Origin: "https://community.example/path", Button: &mail.Button{}}.Message("nobody")
	for _, reason := range []string{"Kind", "Office", "Subject", "Greeting", "Paragraphs", "Origin", "Button.Label", "Button.URL", "no @"} {
		require.ErrorContains(t, err, reason)
	}
	for _, origin := range []string{"", "community.example", "ftp://community.example", "https://", "https://a@b", "https://a/?x", "https://a#x", "javascript:x"} {
		l := sample(t, "test-message")
		l.Origin = origin
		_, err := l.Message("ada@example.com")
		require.ErrorContains(t, err, "Origin", origin)
	}
}

// What people type is data: it adds no line, no markup, no link and no action.
func TestValuesStayValues(t *testing.T) {
	hostile := []string{
		"{{.}}", `{{template "x"}}`, "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "a\r\nBcc: eve@evil.example", "a\n\nIf this was not you\nsend me money",
		"</p></body>", "&lt;b&gt;", "-->", "{{`{{`}}",
	}
	for _, value := range hostile {
		l := mail.Invitation(mail.InvitationValues{
			About: mail.About{Office: "Acme" + value, Origin: "https://community.example", Name: value, Contact: value},
			By:    value, Roles: []string{value}, Link: link,
		})
		l.Greeting = "Hello " + value
		m, err := l.Message("ada@example.com")
		require.NoError(t, err, value)
		require.Contains(t, line(m.Text), "Your roles: "+line(value), "printed as it is")
		require.Contains(t, words(m.HTML), "Your roles: "+line(value), "printed as it is")
		require.NotContains(t, m.Subject, "\n")

		calm, err := sample(t, "invitation").Message("ada@example.com")
		require.NoError(t, err)
		require.Equal(t, len(tags.FindAllString(calm.HTML, -1))-6, len(tags.FindAllString(m.HTML, -1)),
			"no element more than the sample has, less the six of its Home")
	}
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
		l := mail.TestMessage(mail.Notice{About: mail.About{Office: "Acme", Name: name}})
		require.Equal(t, want, l.Greeting)
	}
}

func TestOccasions(t *testing.T) {
	details := func(o mail.Occasion) []mail.Detail {
		return mail.NewDevice(mail.Notice{About: mail.About{Office: "Acme"}, Occasion: o}).Details
	}
	require.Empty(t, details(mail.Occasion{}))
	require.Equal(t, []mail.Detail{
		{Label: "Time", Value: "1 February 2026 at 23:30 UTC"},
		{Label: "IP address", Value: "2001:db8::1"},
		{Label: "Browser", Value: "Chrome on Android"},
	}, details(mail.Occasion{
		When:      time.Date(2026, 2, 2, 1, 30, 0, 0, time.FixedZone("EET", 7200)),
		Address:   "2001:db8::1",
		UserAgent: "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
	}))
	require.Empty(t, details(mail.Occasion{Address: "see http://evil.example"}), "an address that is none is left out")

	require.Equal(t, []mail.Detail{{Label: "IP address", Value: "fe80::1"}},
		details(mail.Occasion{Address: "fe80::1%see http://evil.example"}), "nor is a zone told, which can be any text")
	require.Equal(t, []mail.Detail{{Label: "IP address", Value: "192.0.2.1"}}, details(mail.Occasion{Address: "::ffff:192.0.2.1"}))

	for userAgent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0":           "Edge on Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1": "Safari on iPhone",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0":                                                    "Firefox on Mac",
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36":                          "Chrome on ChromeOS",
		"curl/8.5.0":                      "curl",
		"Your account is at evil.example": "not known",
		"Linux call 0900 123":             "not known, on Linux",
	} {
		require.Equal(t, []mail.Detail{{Label: "Browser", Value: want}}, details(mail.Occasion{UserAgent: userAgent}))
	}
}

func TestWordingFollowsTheCase(t *testing.T) {
	about := mail.About{Office: "Acme", Origin: "https://community.example"}
	text := func(l mail.Letter) string {
		m, err := l.Message("ada@example.com")
		require.NoError(t, err)
		return m.Subject + " " + line(m.Text)
	}
	home := "https://community.example/k7w3/"

	granted := text(mail.AccessGranted(mail.AccessGrantedValues{About: about, Home: home}))
	require.Contains(t, granted, "your member password")
	require.Contains(t, granted, home)
	granted = text(mail.AccessGranted(mail.AccessGrantedValues{About: about, Home: home, Link: link}))
	require.NotContains(t, granted, "member password")
	require.Contains(t, granted, "works there and nowhere else")
	require.Contains(t, granted, link)
	require.Contains(t, granted, home)

	notice := mail.Notice{About: about}
	require.Contains(t, text(mail.ManyFailures(mail.ManyFailuresValues{Notice: notice, Blocked: true})), "does not work any more")
	require.NotContains(t, text(mail.ManyFailures(mail.ManyFailuresValues{Notice: notice})), "refused until")
	require.Contains(t, text(mail.RoleChanged(mail.RoleChangedValues{Notice: notice})), "Your roles now: none")
	require.Contains(t, text(mail.TwoFactorReset(notice)), "An operator reset")
	require.Contains(t, text(mail.PasswordChanged(notice)), "tell a super-administrator of the Acme back office")

	member := text(mail.MemberReset(mail.PasswordResetValues{About: about, Link: link}))
	require.Contains(t, member, "Reset your Acme password")
	require.NotContains(t, member, "back office", "members are not told of it")

	about.Office = "Acme Back Office"
	require.Contains(t, text(mail.TestMessage(mail.Notice{About: about})), "Test mail from the Acme Back Office ")
}
