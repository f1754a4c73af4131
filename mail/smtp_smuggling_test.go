package mail_test

import (
	"bytes"
	"io"
	"net"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/smtpsink"
	"github.com/postern-go/postern/mail"
)

// smuggled are ends of messages and lines that lenient servers accept, each
// followed by a second message (CVE-2023-51764 and its like).
func smuggled() (texts []string) {
	const second = "MAIL FROM:<root@acme.example>\r\nRCPT TO:<eve@evil.example>\r\nDATA\r\nSubject: Pay\r\n\r\nnow\r\n.\r\n"
	for _, end := range []string{
		"\n.\n", "\r.\r", "\r\n.\r\n", "\n.\r\n", "\r\n.\n", "\r\n.\r", "\r.\r\n", "\n.\r", "\r.\n", "\x00\r\n.\x00\r\n", "\r\n\x00.\r\n",
		"\r\r\n.\r\r\n", "\n\n.\n\n", "\u2028.\u2028", "\u0085.\u0085", "\r\n..\r\n", "\x1a", "\r\n.\r\nQUIT\r\n", "=0D=0A.=0D=0A", "\v.\v", "\f.\f",
	} {
		texts = append(texts, "Hello"+end+second, strings.Repeat("x", 75)+end+second, strings.Repeat("ü", 600)+end+second)
	}
	for _, line := range []string{"\r\n", "\n", "\r", "\r\n ", "\n\t", "\u2028", "\u0085", "\x00", "=?utf-8?q?=0D=0A?="} {
		texts = append(texts, "Hello"+line+"Bcc: eve@evil.example", "Hello"+line+line+"<b>body</b>")
	}
	return append(texts, strings.Repeat("x", 3000), strings.Repeat(".", 3000), ".", "\n.", ".\n", strings.Repeat("\n.", 50), "\xff\xfe8bit\x80", strings.Repeat("\U0001F680", 150))
}

// wire records what is sent to a server, as a proxy in front of it.
type wire struct {
	Addr string
	mu   sync.Mutex
	sent bytes.Buffer
}

func tap(t *testing.T, server string) *wire {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w := &wire{Addr: listener.Addr().String()}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			behind, err := net.Dial("tcp", server)
			if err != nil {
				client.Close()
				return
			}
			go func() { _, _ = io.Copy(client, behind); client.Close() }()
			go func() { _, _ = io.Copy(io.MultiWriter(w, behind), client); behind.Close() }()
		}
	}()
	return w
}

func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sent.Write(p)
}

// take returns what was sent since the last call.
func (w *wire) take() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.sent.Reset()
	return w.sent.String()
}

// TestNoTextBecomesASecondMessage uses a server that also accepts bare line ends,
// and checks every byte on the way to it.
func TestNoTextBecomesASecondMessage(t *testing.T) {
	sink := smtpsink.Start(t, smtpsink.Options{})
	wire := tap(t, sink.Addr)
	sender := newSMTP(t, wire.Addr, plain)
	var names []string
	wanted := 0
	for _, hostile := range smuggled() {
		for field, put := range map[string]func(*mail.Message){
			"text":    func(m *mail.Message) { m.Text = hostile },
			"html":    func(m *mail.Message) { m.HTML = hostile },
			"subject": func(m *mail.Message) { m.Subject = hostile },
			"to":      func(m *mail.Message) { m.To = "ada@example.com" + hostile },
			"to name": func(m *mail.Message) { m.To = hostile + "<ada@example.com>" },
			"id":      func(m *mail.Message) { m.ID = hostile },
		} {
			m := message()
			put(&m)
			err := sender.Send(t.Context(), m)
			sent := wire.take()
			if err != nil {
				require.True(t, deliveryError(t, err).Permanent, "%s %q: %v", field, hostile, err)
				require.Empty(t, sent, "%s %q: refused before anyone was asked", field, hostile)
				continue
			}
			wanted++
			require.NotContains(t, []string{"to", "to name"}, field, "%q", hostile)
			require.NotRegexp(t, `[^\x20-\x7e\r\n\t]`, sent, "%s %q", field, hostile)
			require.Equal(t, strings.Count(sent, "\r\n"), strings.Count(sent, "\r"), "%s %q: a bare CR", field, hostile)
			require.Equal(t, strings.Count(sent, "\r\n"), strings.Count(sent, "\n"), "%s %q: a bare LF", field, hostile)
			require.Equal(t, 1, strings.Count(sent, "\r\n.\r\n"), "%s %q", field, hostile)
			require.LessOrEqual(t, len(slices.MaxFunc(strings.Split(sent, "\r\n"), func(a, b string) int { return len(a) - len(b) })), 998)
			require.Equal(t, 1, len(regexp.MustCompile(`(?m)^RCPT TO:<`).FindAllString(before(sent, "\r\nDATA\r\n"), -1)))
			require.Regexp(t, `^EHLO \S+\r\nMAIL FROM:<no-reply@acme\.example>[^\r]*\r\nRCPT TO:<ada@example\.com>\r\nDATA\r\n`, sent)
			require.Regexp(t, `\r\n\.\r\nQUIT\r\n$`, sent)
		}
	}
	received := sink.Messages()
	require.Len(t, received, wanted)
	require.Greater(t, wanted, 50)
	for _, m := range received {
		require.Equal(t, []string{"ada@example.com"}, m.To)
		require.Equal(t, "no-reply@acme.example", m.From)
		header, err := m.Header()
		require.NoError(t, err)
		for name := range header {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	require.Equal(t, []string{"Auto-Submitted", "Content-Transfer-Encoding", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To", "X-Auto-Response-Suppress"}, names)
}

func before(s, sep string) string { head, _, _ := strings.Cut(s, sep); return head }

// TestNoAnswerOfAServerIsMoreThanALine is about a server that answers what it likes:
// its answer is stored and shown to operators.
func TestNoAnswerOfAServerIsMoreThanALine(t *testing.T) {
	sink := smtpsink.Start(t, smtpsink.Options{})
	sender := newSMTP(t, sink.Addr, plain)
	for _, answer := range []string{
		"550 \x1b[2J\x1b]0;owned\x07\u009b2J\u202egnp\u2066", "550 =?utf-8?q?=0D=0A?=", "550 " + strings.Repeat("x", 400), "550 <script>alert(1)</script>",
		"550-one\r\n550-two\r\n550 three", "550 a\rb", "250 2.0.0 \x00 no",
	} {
		sink.SetReplies(map[string]string{smtpsink.Rcpt: answer})
		err := sender.Send(t.Context(), message())
		if err == nil {
			continue
		}
		failed := deliveryError(t, err)
		require.NotRegexp(t, `[\pC\p{Zl}\p{Zp}]`, failed.Reply, "%q", answer)
		require.NotRegexp(t, `[\pC\p{Zl}\p{Zp}]`, failed.Error(), "%q", answer)
		require.LessOrEqual(t, len([]rune(failed.Reply)), 300)
	}
}
