package mail_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"mime"
	netmail "net/mail"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/smtpsink"
	"github.com/postern-go/postern/mail"
)

const link = "https://community.example/k7w3/reset#" + token

// written returns the message as the outbox writes it.
func written(t testing.TB, from string, m mail.Message) string {
	t.Helper()
	dir := t.TempDir()
	outbox := &mail.Outbox{Dir: dir, Sender: from}
	require.NoError(t, outbox.Send(t.Context(), m))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	content, err := os.ReadFile(dir + "/" + entries[0].Name())
	require.NoError(t, err)
	return string(content)
}

func TestHeaders(t *testing.T) {
	m := message()
	m.HTML = "<p>Hello</p>"
	read, err := netmail.ReadMessage(strings.NewReader(written(t, "Acme <no-reply@acme.example>", m)))
	require.NoError(t, err)
	contentType := read.Header.Get("Content-Type")
	require.True(t, strings.HasPrefix(contentType, "multipart/alternative;"), contentType)
	delete(read.Header, "Content-Type")
	require.Equal(t, netmail.Header{
		"Auto-Submitted":           {"auto-generated"},
		"Date":                     {"Sat, 21 Nov 2026 19:23:26 +0000"},
		"From":                     {`"Acme" <no-reply@acme.example>`},
		"Message-Id":               {"<m1@acme.example>"},
		"Mime-Version":             {"1.0"},
		"Subject":                  {"Hello"},
		"To":                       {"<ada@example.com>"},
		"X-Auto-Response-Suppress": {"All"},
	}, read.Header, "and no header names the library")
}

func TestSubjectsAndNamesAreEncoded(t *testing.T) {
	for _, text := range []string{
		"Réinitialisez votre mot de passe", "パスワードを再設定してください。この件名はとても長いので複数の行に分割される必要があります",
		"Reset your Acme back office password", `Quotes "and" \ slashes`, "a, b; c: d <e@f.example>", "🔑 key", "under_score = and ? marks",
		strings.Repeat("word ", 30) + "end", strings.Repeat("x", 190),
	} {
		m := message()
		m.Subject = text
		raw := written(t, (&netmail.Address{Name: text, Address: "no-reply@acme.example"}).String(), m)

		read, err := netmail.ReadMessage(strings.NewReader(raw))
		require.NoError(t, err)
		subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
		require.NoError(t, err)
		require.Equal(t, text, subject)
		from, err := netmail.ParseAddress(read.Header.Get("From"))
		require.NoError(t, err)
		require.Equal(t, netmail.Address{Name: text, Address: "no-reply@acme.example"}, *from)
		head, _, _ := strings.Cut(raw, "\r\n\r\n")
		require.False(t, strings.ContainsFunc(head, func(r rune) bool { return r > unicode.MaxASCII }), "headers are ASCII")
	}
}

// injections are texts that an attacker puts into the values of headers.
var injections = []string{
	"x\r\nBcc: eve@evil.example", "x\nBcc: eve@evil.example", "x\rBcc: eve@evil.example", "x\r\n\r\n<h1>body</h1>",
	"x\r\n Bcc: eve@evil.example", "x\x00y", "x\x0by", "x\x0cy", "x\u0085Bcc: eve@evil.example", "x\u2028y", "x\u2029y", "x\x7fy",
	"x\u202egnp.exe", "x\u2066y", "=?utf-8?q?x=0D=0ABcc:_eve@evil.example?=", "=?utf-8?b?DQpCY2M6IGV2ZUBldmlsLmV4YW1wbGU=?=", "x\xff\xfe",
}

func TestHeaderInjectionIsRefused(t *testing.T) {
	outbox, dir := newOutbox(t)
	for _, injection := range injections {
		for field, edit := range map[string]func(*mail.Message){
			"to":      func(m *mail.Message) { m.To = "ada@example.com" + injection },
			"subject": func(m *mail.Message) { m.Subject = injection },
			"id":      func(m *mail.Message) { m.ID = injection },
		} {
			m := message()
			edit(&m)
			failed := deliveryError(t, outbox.Send(t.Context(), m))
			require.True(t, failed.Permanent, "%s %q", field, injection)
			require.ErrorContains(t, failed, field+": ")
			require.NotContains(t, failed.Error(), injection)
		}
		for _, from := range []string{"Acme " + injection + " <no-reply@acme.example>", injection + "@acme.example"} {
			forged := &mail.Outbox{Dir: dir, Sender: from}
			require.Error(t, forged.Check(), "from %q", injection)
			require.True(t, deliveryError(t, forged.Send(t.Context(), message())).Permanent, "from %q", injection)
		}
	}
	names, _ := files(t, dir)
	require.Empty(t, names)
}

func TestBrokenMessagesAreRefusedWithEveryReason(t *testing.T) {
	outbox, _ := newOutbox(t)
	err := outbox.Send(t.Context(), mail.Message{ID: "../../etc/cron.d/x", Text: " \n", HTML: "a\x00"})
	for _, reason := range []string{"to: ", "subject: ", "id: ", "text: ", "html: "} {
		require.ErrorContains(t, err, reason)
	}
	m := message()
	m.Text = "bare \r return"
	require.ErrorContains(t, outbox.Send(t.Context(), m), "text: has a control character")
	m = message()
	m.Subject = strings.Repeat("x", 201)
	require.ErrorContains(t, outbox.Send(t.Context(), m), "subject: ")
	for _, id := range []string{".hidden", "a..b", "a/b", `a\b`, "a b", "a@b", "a.", strings.Repeat("x", 65)} {
		m := message()
		m.ID = id
		require.ErrorContains(t, outbox.Send(t.Context(), m), "id: ", id)
	}
}

func TestMessagesRedactThemselves(t *testing.T) {
	m, err := letter().Message("ada@example.com")
	require.NoError(t, err)
	config := mail.SMTPConfig{Addr: "smtp.example.com:587", Password: token}
	for name, value := range map[string]any{
		"message": m, "pointer to message": &m, "letter": letter(), "configuration": config,
		"messages in a slice": []mail.Message{m},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			slog.New(slog.NewTextHandler(&log, nil)).Info("mail", "value", value)
			for _, text := range []string{
				fmt.Sprint(value), fmt.Sprintf("%v", value), fmt.Sprintf("%+v", value), fmt.Sprintf("%#v", value), fmt.Sprintf("%s", value), log.String(),
			} {
				require.NotContains(t, text, token)
				require.NotContains(t, text, "ada@example.com")
			}
		})
	}
}

func FuzzHeaders(f *testing.F) {
	for _, injection := range injections {
		f.Add(injection, "Acme")
		f.Add("Subject", injection)
	}
	// The widths at which go-mail would fold twice in a row.
	f.Add(strings.Repeat("a", 63)+"  "+strings.Repeat("b", 72), "Acme")
	f.Add(strings.Repeat("a", 60)+"  "+strings.Repeat("b", 75), strings.Repeat("c", 60)+"   "+strings.Repeat("d", 80))
	f.Add("Ünïcode "+strings.Repeat("ß", 90), "Ünï \"q\" <x@y>")
	f.Fuzz(func(t *testing.T, subject, name string) {
		from := (&netmail.Address{Name: name, Address: "no-reply@acme.example"}).String()
		m := message()
		m.Subject = subject
		outboxDir := t.TempDir()
		outbox := &mail.Outbox{Dir: outboxDir, Sender: from}
		if err := outbox.Send(t.Context(), m); err != nil {
			return
		}
		_, contents := files(t, outboxDir)
		read, err := netmail.ReadMessage(strings.NewReader(contents[0]))
		require.NoError(t, err)
		require.Len(t, read.Header, 10, "no header more, no header less: %q", contents[0])
		body, err := smtpsink.Decode(strings.NewReader(contents[0]))
		require.NoError(t, err)
		require.Equal(t, strings.Join(strings.Fields(subject), " "), body.Subject)
		require.Equal(t, m.Text, body.Text)
		head, _, _ := strings.Cut(contents[0], "\r\n\r\n")
		for line := range strings.SplitSeq(head, "\r\n") {
			require.NotEmpty(t, strings.TrimSpace(line), "a blank line would end the header")
		}
		for line := range strings.SplitSeq(contents[0], "\r\n") {
			require.LessOrEqual(t, len(line), 998, "RFC 5322 section 2.1.1")
			require.NotContains(t, line, "\n")
		}
	})
}
