package desk_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/smtpsink"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// posted is an office that sends through a real mail server.
func posted(t *testing.T) (*office, *smtpsink.Sink) {
	sink := smtpsink.Start(t, smtpsink.Options{})
	sender, err := mail.NewSMTP(mail.SMTPConfig{Addr: sink.Addr, From: "Acme <no-reply@acme.example>", PlainToLoopback: true})
	require.NoError(t, err)
	return newOffice(t, func(c *desk.Config) { c.Sender = sender }), sink
}

func TestOverSMTP(t *testing.T) {
	o, sink := posted(t)
	ada := o.Person("Ada", desk.RoleSuperAdministrator)
	o.employ("Slow", "slow@slow.example")
	received := 0 // by the tests before
	notify := func() { t.Helper(); _, err := o.RotateAlias(ctx, desk.CommandLine(), home); require.NoError(t, err) }
	oneSent := func() {
		t.Helper()
		received++
		require.Zero(t, o.deliver())
		require.Len(t, sink.Messages(), received, "one copy")
		require.Equal(t, store.MailSent, o.mails()[0].State)
	}
	held := 0
	stopWhile := func(stage string, answer bool) {
		t.Helper()
		o.Clock.Add(time.Second) // so that this email is the newest
		require.NoError(t, o.ResetTwoFactor(ctx, desk.CommandLine(), home, ada.ID, "lost phone"))
		sink.SetReplies(map[string]string{stage: smtpsink.Hold})
		going, cancel := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() { _, err := o.Deliver(going); done <- err }()
		held++
		sink.AwaitHeld(held)
		n, err := o.Another().Deliver(ctx)
		require.NoError(t, err)
		require.Zero(t, n, "another replica leaves it alone")
		cancel()
		if answer {
			sink.SetReplies(nil)
		}
		require.ErrorIs(t, <-done, context.Canceled)
		sink.SetReplies(nil)
	}

	t.Run("a replica that stops hears the answer to what the server has", func(t *testing.T) {
		stopWhile(smtpsink.Data, true)
		oneSent()
	})
	t.Run("a replica that stops gives back what the server does not have", func(t *testing.T) {
		stopWhile(smtpsink.Rcpt, false)
		m := o.mails()[0]
		require.Equal(t, store.MailQueued, m.State)
		require.Zero(t, m.Attempts)
		n, err := o.Another().Deliver(ctx)
		require.NoError(t, err)
		require.Equal(t, 1, n, "and another one sends it at once")
		oneSent()
	})
	t.Run("a slow domain holds up no other", func(t *testing.T) {
		notify()
		notify()
		sink.SetReplies(map[string]string{smtpsink.Rcpt + " slow.example": smtpsink.Hold})
		done := make(chan int, 1)
		go func() { done <- o.deliver() }()
		messages := sink.Await(received + 2)
		for _, m := range messages[received:] {
			require.Equal(t, []string{"ada@example.org"}, m.To)
		}
		require.Empty(t, done)
		sink.SetReplies(nil)
		require.Equal(t, 4, <-done)
		require.Len(t, sink.Messages(), received+4)
	})
}

// TestNothingAnybodyCallsThemselvesIsAHeader sends texts of hosts, members and
// operators through a real server.
func TestNothingAnybodyCallsThemselvesIsAHeader(t *testing.T) {
	o, sink := posted(t)
	ada := o.Person("Ada", desk.RoleSuperAdministrator)
	o.Deliver(ctx)
	received := len(sink.Messages())
	for _, end := range []string{"\r\n", "\n", "\r", "\r\n.\r\n", "\n.\n", "\r.\r", "\u2028", "\u0085", "\x00", "\v", "=0D=0A", "=?utf-8?q?=0D=0A?="} {
		hostile := "Hello" + end + "Bcc: eve@evil.example" + end + end + "MAIL FROM:<eve@evil.example>"
		for _, m := range []desk.Message{
			{Subject: hostile, Paragraphs: []string{"text"}},
			{Subject: "Hello", Paragraphs: []string{hostile, hostile}},
			{Subject: "Hello", Paragraphs: []string{"text"}, Button: hostile, Path: "/"},
			{Subject: "Hello", Paragraphs: []string{"text"}, Button: "Go", Path: "/" + hostile},
		} {
			if o.Send(ctx, desk.CommandLine(), home, ada.ID, m) != nil {
				continue
			}
			require.Equal(t, 1, o.deliver())
			require.Equal(t, store.MailSent, o.mails()[0].State, "what was taken can be sent: %q", m)
			received++
			o.Clock.Add(time.Second)
		}
	}
	messages := sink.Messages()
	require.Len(t, messages, received)
	for _, m := range messages {
		require.Equal(t, []string{"ada@example.org"}, m.To)
		header, err := m.Header()
		require.NoError(t, err)
		require.Empty(t, header["Bcc"])
		require.Len(t, header["Subject"], 1)
	}
}
