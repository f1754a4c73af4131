package letters_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"html"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/letters/lettertest"
	"github.com/postern-go/postern/mail"
)

const (
	home = "https://community.example/k7w3/"
	link = home + "reset#Zk3vW8-sample_token-mQ2xY7dLr0pTnB5sHc9aUe"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with a file under testdata.
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
	for _, l := range lettertest.Samples() {
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

func TestThereIsOneSampleOfEachKind(t *testing.T) {
	var kinds []string
	for _, l := range lettertest.Samples() {
		require.Regexp(t, `^[a-z]+(-[a-z]+)*$`, l.Kind)
		require.NotContains(t, kinds, l.Kind)
		kinds = append(kinds, l.Kind)
	}
	require.Equal(t, letters.Kinds, kinds)
}

func TestEveryLetterIsInTheSamples(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	samples, err := os.ReadFile("lettertest/samples.go")
	require.NoError(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || !f.Name.IsExported() || f.Type.Results == nil {
				continue
			}
			if result, ok := f.Type.Results.List[0].Type.(*ast.SelectorExpr); ok && result.Sel.Name == "Letter" && !strings.Contains(string(samples), "letters."+f.Name.Name+"(") {
				t.Errorf("letters.%s is in no sample: add it to Samples and its kind to Kinds", f.Name.Name)
			}
		}
	}
}

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
	for _, l := range lettertest.Samples() {
		require.Contains(t, l.Subject, "Acme", l.Kind)
		subjects.WriteString(l.Kind + ": " + l.Subject + "\n")
	}
	golden(t, "subjects.txt", subjects.String())
}

func TestEveryLetterIsCompleteInBothParts(t *testing.T) {
	for _, l := range lettertest.Samples() {
		t.Run(l.Kind, func(t *testing.T) {
			m, err := l.Message("ada@example.com")
			require.NoError(t, err)
			text, markup := line(m.Text), words(m.HTML)
			says := append([]string{l.Sender, l.Greeting, l.Expires, l.NotYou, l.Home, l.Origin}, l.Paragraphs...)
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
	withLink := map[string]bool{"invitation": true, "password-reset": true}
	for _, l := range lettertest.Samples() {
		m, err := l.Message("ada@example.com")
		require.NoError(t, err)
		require.Equal(t, withLink[l.Kind], strings.Contains(m.Text+m.HTML, "#Zk3vW8"), l.Kind)
		require.Equal(t, withLink[l.Kind], l.Expires != "", l.Kind)
	}
}

// What people type is data: it adds no line, markup, link or action.
func TestValuesStayValues(t *testing.T) {
	hostile := []string{
		"{{.}}", `{{template "x"}}`, "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "a\r\nBcc: eve@evil.example", "a\n\nIf this was not you\nsend me money",
		"</p></body>", "&lt;b&gt;", "-->", "{{`{{`}}",
	}
	for _, value := range hostile {
		l := letters.Invitation(letters.Notice{
			About: letters.About{Office: "Acme" + value, Origin: "https://community.example", Home: home, Name: value, Contact: value},
			By:    value,
		}, []string{value}, link, time.Time{})
		l.Greeting = "Hello " + value
		m, err := l.Message("ada@example.com")
		require.NoError(t, err, value)
		require.Contains(t, line(m.Text), "Your roles: "+line(value), "printed as it is")
		require.Contains(t, words(m.HTML), "Your roles: "+line(value), "printed as it is")
		require.NotContains(t, m.Subject, "\n")

		calm, err := sample(t, "invitation").Message("ada@example.com")
		require.NoError(t, err)
		require.Len(t, tags.FindAllString(m.HTML, -1), len(tags.FindAllString(calm.HTML, -1)), "no element more than the sample has")
	}
}

func TestOccasions(t *testing.T) {
	details := func(o letters.Occasion) []mail.Detail {
		return letters.NewDevice(letters.Notice{About: letters.About{Office: "Acme"}, Occasion: o}).Details
	}
	require.Empty(t, details(letters.Occasion{}))
	require.Equal(t, []mail.Detail{
		{Label: "Time", Value: "1 February 2026 at 23:30 UTC"},
		{Label: "IP address", Value: "2001:db8::1"},
		{Label: "Browser", Value: "Chrome on Android"},
	}, details(letters.Occasion{
		When:      time.Date(2026, 2, 2, 1, 30, 0, 0, time.FixedZone("EET", 7200)),
		IP:        "2001:db8::1",
		UserAgent: "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
	}))
	require.Empty(t, details(letters.Occasion{IP: "see http://evil.example"}), "an address that is none is left out")

	require.Equal(t, []mail.Detail{{Label: "IP address", Value: "fe80::1"}},
		details(letters.Occasion{IP: "fe80::1%see http://evil.example"}), "nor is a zone told, which can be any text")
	require.Equal(t, []mail.Detail{{Label: "IP address", Value: "192.0.2.1"}}, details(letters.Occasion{IP: "::ffff:192.0.2.1"}))

	for userAgent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0":           "Edge on Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1": "Safari on iPhone",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0":                                                    "Firefox on Mac",
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36":                          "Chrome on ChromeOS",
		"curl/8.5.0":                      "curl",
		"Your account is at evil.example": "Unknown browser",
		"Linux call 0900 123":             "A browser on Linux",
	} {
		require.Equal(t, []mail.Detail{{Label: "Browser", Value: want}}, details(letters.Occasion{UserAgent: userAgent}))
	}
}

func TestWordingFollowsTheCase(t *testing.T) {
	notice := letters.Notice{About: letters.About{Office: "Acme", Origin: "https://community.example", Home: home}}
	text := func(l mail.Letter) string {
		m, err := l.Message("ada@example.com")
		require.NoError(t, err)
		return m.Subject + " " + line(m.Text)
	}

	granted := text(letters.AccessGranted(notice, nil, "", time.Time{}))
	require.Contains(t, granted, "your member password")
	require.Contains(t, granted, home)
	granted = text(letters.AccessGranted(notice, nil, link, time.Now()))
	require.NotContains(t, granted, "member password")
	require.Contains(t, granted, "works there and nowhere else")
	require.Contains(t, granted, link)
	require.Contains(t, granted, home)

	until := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	waits := text(letters.ManyFailures(notice, letters.Failures{Until: until}))
	require.Contains(t, waits, "may have to wait some minutes")
	require.Contains(t, waits, "your account is safe")
	blocked := text(letters.ManyFailures(notice, letters.Failures{Until: until, Blocked: true}))
	require.Contains(t, blocked, "works only in browsers that you have signed in with before")
	require.NotContains(t, blocked, "refused until")
	known := text(letters.ManyFailures(notice, letters.Failures{Until: until, Blocked: true, Browser: true}))
	require.Contains(t, known, "no longer knows this browser")
	codes := text(letters.ManyFailures(notice, letters.Failures{Until: until, Blocked: true, Codes: true}))
	require.Contains(t, codes, "Codes of that kind no longer sign you in")
	require.Contains(t, codes, "Someone else knows your password")
	require.NotContains(t, codes, "is safe")
	codes = text(letters.ManyFailures(notice, letters.Failures{Until: until, Codes: true}))
	require.Contains(t, codes, "codes are refused until 2 March 2026 at 12:00 UTC")

	require.Contains(t, text(letters.RoleChanged(notice, nil)), "Your roles now: none")
	require.Contains(t, text(letters.TwoFactorReset(notice)), "An operator reset")
	require.Contains(t, text(letters.PasswordChanged(notice)), "tell a super-administrator of the Acme back office")
	for _, why := range []letters.Suspicion{letters.WrongCodes, letters.AfterFailures, letters.LongUnused, letters.CodeReplayed, letters.PasskeyCounter, letters.Unfinished} {
		require.NotEmpty(t, letters.UnusualSignIn(notice, why).Paragraphs[0], why)
	}

	notice.Office = "Acme Back Office"
	require.Contains(t, text(letters.TestMessage(notice, "")), "Test email from the Acme Back Office ")
}

func TestWhatALetterWasMadeFromRedactsItself(t *testing.T) {
	for _, l := range lettertest.Samples() {
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("mail", "value", l.Values)
		for _, text := range []string{fmt.Sprint(l.Values), fmt.Sprintf("%+v", l.Values), fmt.Sprintf("%#v", l.Values), fmt.Sprintf("%s", l.Values), log.String()} {
			require.Contains(t, text, "redacted", l.Kind)
			require.NotContains(t, text, "#Zk3vW8", l.Kind)
			require.NotContains(t, text, "Ada", l.Kind)
		}
	}
}

func TestUrgentLettersAreThoseSomebodyWaitsFor(t *testing.T) {
	var urgent []string
	for _, kind := range letters.Kinds {
		if letters.Urgent(kind) {
			urgent = append(urgent, kind)
		}
	}
	require.Equal(t, []string{"invitation", "access-granted", "access-closed", "password-reset", "password-elsewhere", "test-message"}, urgent)
}
