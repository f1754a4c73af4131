package letters_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/letters/lettertest"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/mail"
)

// variants returns the letters that the samples leave out: what each says in other cases.
func variants(in *messages.Language) []mail.Letter {
	when := time.Date(2026, time.November, 21, 19, 23, 26, 0, time.UTC)
	about := letters.About{In: in, Office: "Acme Back Office", Origin: "https://community.example", Home: home}
	n := letters.Notice{About: about, By: "evil.com", Occasion: letters.Occasion{When: when, UserAgent: "curl/8.5.0", Moved: true}}
	all := []mail.Letter{
		letters.Invitation(n, nil, link, when),
		letters.AccessGranted(n, nil, link, when),
		letters.RoleChanged(n, nil),
		letters.EmailChanged(n, "ada@example.org", "ada@example.com", true),
		letters.SessionsEnded(n, false),
		letters.MadeLinkEnded(about, "evil.com", "x"),
		letters.NewSuperAdministrator(n, ""),
		letters.TestMessage(n, ""),
		letters.ManyFailures(n, letters.Failures{Until: when, Blocked: true}),
		letters.ManyFailures(n, letters.Failures{Until: when, Blocked: true, Codes: true}),
		letters.ManyFailures(n, letters.Failures{Until: when, Codes: true}),
		letters.ManyFailures(n, letters.Failures{Until: when, Browser: true}),
	}
	for _, why := range []letters.Closed{letters.ClosedDisabled, letters.ClosedNoRole, letters.ClosedNoMember, letters.ClosedInviter} {
		all = append(all, letters.AccessClosed(n, why))
	}
	for _, why := range []letters.Suspicion{letters.WrongCodes, letters.Unfinished, letters.AfterFailures, letters.LongUnused, letters.CodeReplayed, letters.PasskeyCounter} {
		all = append(all, letters.UnusualSignIn(n, why))
	}
	return all
}

// data is what letters contain besides messages: names, addresses and texts of the host.
var data = []string{
	"Acme", "Acme Back Office", "Ada Lovelace", "Ada Byron", "Grace Hopper", "Alan Turing", "the Acme security team (security@acme.example)",
	"Firefox", "Linux", "curl", "Moderator", "Event team",
	"ada@community.example", "lovelace@community.example", "ada@example.org", "ada@example.com",
	"- Two-factor authentication", "everyone", "recommended",
	"12 posts are waiting for you", "Twelve posts were reported since yesterday. The oldest has been waiting for 20 hours. See the posts",
}

func TestEveryLetterIsInOneLanguage(t *testing.T) {
	in := messages.Pseudo()
	for _, l := range append(lettertest.SamplesIn(in), variants(in)...) {
		m, err := l.Message("ada@example.com")
		require.NoError(t, err)
		require.Equal(t, "en-XA", l.Language)
		for part, text := range map[string]string{"subject": m.Subject, "text": m.Text, "HTML": words(m.HTML)} {
			require.Contains(t, text, "⟦")
			for _, piece := range messages.Unsaid(text) {
				if piece = line(piece); !slices.Contains(data, piece) && !strings.Contains(piece, "://") && piece != tokenOf(l) {
					t.Errorf("the %s of %s says %q in no language", part, l.Kind, piece)
				}
			}
		}
	}
}

// tokenOf returns the code of a letter with a one-time link.
func tokenOf(l mail.Letter) string {
	if l.Button == nil {
		return ""
	}
	return l.Button.Code()
}

func TestTextsOfTheHostAreSaidInTheLanguageOfTheLetter(t *testing.T) {
	about := letters.About{In: messages.Pseudo(), Office: "Acme", Origin: "https://community.example", Home: home, Contact: "common.mail"} // typed
	l := letters.HostMessage(letters.Notice{About: about}, "common.search", []string{"common.search", "As it is."}, &mail.Button{Label: "common.back", URL: home + "x"})
	require.Equal(t, "Acme⟦ back office⟧⟦: ⟧⟦Search⟧", l.Subject)
	require.Equal(t, []string{"⟦Search⟧", "As it is."}, l.Paragraphs)
	require.Equal(t, "⟦Back⟧", l.Button.Label)
	require.Contains(t, l.NotYou, "common.mail", "somebody may have typed it")

	l = letters.RoleChanged(letters.Notice{About: about}, []string{"Moderator", "common.role"})
	require.Equal(t, "Moderator⟦ and ⟧common.role", l.Details[0].Value, "what operators type is no message")
	require.Equal(t, "⟦Cancel⟧", l.Values.(interface {
		T(key string, args ...any) string
	}).T("common.cancel"), "templates of the host have the catalogue, too")
}

func TestLettersFromRightToLeft(t *testing.T) {
	arabic := *messages.English()
	arabic.Tag, arabic.RTL = "ar", true
	for _, l := range append(lettertest.SamplesIn(&arabic), variants(&arabic)...) {
		m, err := l.Message("ada@example.com")
		require.NoError(t, err)
		require.Contains(t, m.HTML, `<html lang="ar" dir="rtl">`)
		for _, text := range []string{m.Text, m.HTML} {
			require.Contains(t, text, "\u2068Acme")
			require.Equal(t, strings.Count(text, "\u2068"), strings.Count(text, "\u2069"))
		}
		require.NotContains(t, m.Subject, "\u2068", "headers have no invisible characters")
		if l.Button != nil {
			require.Contains(t, strings.Split(m.Text, "\n"), l.Button.URL, "alone on its line")
		}
	}
}
