package mail_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/mail"
)

func TestTheLayoutSpeaksTheLanguageOfTheLetter(t *testing.T) {
	l := letter()
	l.Language, l.NotYouTitle = "fr", "Titre"
	l.Words = mail.Words{Colon: "\u00a0:", CopyLink: "Copier", PasteCode: "Coller", KeepLink: "Garder", SentBy: "Envoyé par Acme.", CheckOrigin: "Vérifier"}
	m, err := l.Message("ada@example.com")
	require.NoError(t, err)
	require.Contains(t, m.HTML, `<html lang="fr" dir="ltr">`)
	require.Contains(t, m.Text, "IP address\u00a0: 192.0.2.17\n", "no line breaks before a colon")
	for part, text := range map[string]string{"text": m.Text, "HTML": words(m.HTML)} {
		for _, want := range []string{"Copier", "Coller", "Garder", "Envoyé par Acme.", "Vérifier"} {
			if want != "Copier" || part == "HTML" {
				require.Contains(t, text, want, part)
			}
		}
		require.NotContains(t, text, "browser", part)
	}

	l.Language, l.Words = "", mail.Words{}
	m, err = l.Message("ada@example.com")
	require.NoError(t, err)
	require.Contains(t, m.HTML, `<html lang="en" dir="ltr">`)
	require.Contains(t, line(m.Text), "Sent by Acme. Before you enter a password, check that the address bar of your browser starts with https://community.example/")
}

// Isolates order names in texts from right to left; nothing else may reorder a line.
func TestOnlyIsolatesAreKeptAndOnlyFromRightToLeft(t *testing.T) {
	for text, want := range map[string]string{
		"a \u2068b\u2069 c":               "a \u2068b\u2069 c",
		"a \u2068b\n\u2068c\u2069\u2069":  "a \u2068b \u2068c\u2069\u2069",
		"a \u2068b":                       "a b",
		"a\u2069 b \u2068c\u2069 d\u2069": "a b \u2068c\u2069 d",
		"\u202ea\u2067b\u2069\u200fc":     "abc",
	} {
		l := letter()
		l.Paragraphs, l.Direction = []string{text}, "rtl"
		m, err := l.Message("ada@example.com")
		require.NoError(t, err)
		require.Contains(t, m.HTML, ">"+want+"</p>")
		require.Contains(t, m.Text, "\n"+want+"\n")
		require.Contains(t, m.Text, "IP address: \u2068192.0.2.17\u2069\n")

		l.Direction = ""
		m, err = l.Message("ada@example.com")
		require.NoError(t, err)
		require.Contains(t, m.Text, "\n"+strings.NewReplacer("\u2068", "", "\u2069", "").Replace(want)+"\n")
		require.NotContains(t, m.HTML, "\u2068")
	}
}

func TestANameThatIsBrokenIsIsolatedOnBothLines(t *testing.T) {
	l := letter()
	l.Direction, l.Paragraphs = "rtl", []string{"ask \u2068" + strings.Repeat("word ", 20) + "\u2069."}
	m, err := l.Message("ada@example.com")
	require.NoError(t, err)
	require.Contains(t, m.Text, "\nask \u2068"+strings.Repeat("word ", 12)+"word\u2069\n\u2068"+strings.Repeat("word ", 7)+"\u2069.\n")
}
