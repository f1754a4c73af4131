package mail_test

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/smtpsink"
	"github.com/postern-go/postern/mail"
)

func TestServerAnswers(t *testing.T) {
	for _, test := range []struct {
		name, stage, answer string
		step                string
		permanent           bool
		reply               string
	}{
		{"a 4xx for the recipient is temporary", smtpsink.Rcpt, "450 4.2.1 Try later", "recipient", false, "450 4.2.1 Try later"},
		{"a 5xx for the recipient is permanent", smtpsink.Rcpt, "550 5.1.1 No such user", "recipient", true, "550 5.1.1 No such user"},
		{"a 4xx for the sender is temporary", smtpsink.Mail, "451 4.7.1 Slow down", "sender", false, "451 4.7.1 Slow down"},
		{"a 5xx for the sender is permanent", smtpsink.Mail, "550 5.7.1 Not yours", "sender", true, "550 5.7.1 Not yours"},
		{"a demand to sign in is about us, not the message", smtpsink.Mail, "530 5.7.0 Sign in first", "sender", false, "530 5.7.0 Sign in first"},
		{"a 4xx for the content is temporary", smtpsink.Data, "452 4.3.1 Disk full", "content", false, "452 4.3.1 Disk full"},
		{"a 5xx for the content is permanent", smtpsink.Data, "554 5.6.0 Spam", "content", true, "554 5.6.0 Spam"},
		{
			"a link quoted in the answer loses its token", smtpsink.Data,
			"554 5.7.1 Blocked URL <https://community.example/a/reset#" + token + "> in body", "content", true,
			"554 5.7.1 Blocked URL <https://community.example/a/reset#[redacted]> in body",
		},
		{
			"a token quoted alone is taken out too", smtpsink.Data, "554 saw " + token, "content", true,
			"554 saw [redacted]",
		},
		{
			"a code with a hash stays", smtpsink.Rcpt, "550 #5.1.0 Address rejected.", "recipient", true,
			"550 #5.1.0 Address rejected.",
		},
		{
			"control characters become spaces", smtpsink.Rcpt, "550 5.1.1 \x1b[31mred\tname\x07", "recipient", true,
			"550 5.1.1 [31mred name",
		},
		{
			"an answer of several lines becomes one", smtpsink.Rcpt, "550-5.1.1 No such user\r\n550 5.1.1 See our pages", "recipient", true,
			"550 5.1.1 No such user 5.1.1 See our pages",
		},
		{"an answer of the code alone", smtpsink.Rcpt, "550", "recipient", true, "550"},
		{"of lines with two codes the last counts", smtpsink.Data, "550-5.1.1 a\r\n450 4.2.1 b", "content", false, "450 5.1.1 a 4.2.1 b"},
		{"what is not UTF-8 is left out", smtpsink.Rcpt, "550 5.1.1 inconnu: \xe9t\xe9, Grüße", "recipient", true, "550 5.1.1 inconnu: t, Grüße"},
		{
			"a long answer is cut", smtpsink.Rcpt, "550 " + strings.Repeat("x", 900), "recipient", true,
			"550 " + strings.Repeat("x", 295) + "…",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			sink := smtpsink.Start(t, smtpsink.Options{Replies: map[string]string{test.stage: test.answer}})
			sender := newSMTP(t, sink.Addr, plain)

			failed := deliveryError(t, sender.Send(t.Context(), message()))

			require.Equal(t, test.step, failed.Step)
			require.Equal(t, test.permanent, failed.Permanent)
			require.Equal(t, test.reply, failed.Reply)
			require.Contains(t, failed.Error(), test.reply)
			require.Empty(t, sink.Messages())

			sink.SetReplies(nil)
			require.NoError(t, sender.Send(t.Context(), message()), "the next attempt starts afresh")
			require.Len(t, sink.Messages(), 1)
		})
	}
}

// Refusals with a 5xx code that pass, and others with the same numbers that do not.
func TestWhichRefusalsPass(t *testing.T) {
	sink := smtpsink.Start(t, smtpsink.Options{})
	sender := newSMTP(t, sink.Addr, plain)
	for _, test := range []struct {
		stage, answer string
		permanent     bool
	}{
		{smtpsink.Mail, "550 5.4.5 Daily user sending limit exceeded. For more information on Gmail sending limits go to", false},
		{smtpsink.Data, "550-5.4.5 Daily sending quota\r\n550 5.4.5 exceeded", false},
		{smtpsink.Rcpt, "552 5.2.2 The email account that you tried to reach is over quota.", false},
		{smtpsink.Rcpt, "552-5.2.2 The recipient's inbox is out of storage space.\r\n552 5.2.2 Please direct the recipient to", false},
		{smtpsink.Rcpt, "550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages", false},
		{smtpsink.Rcpt, "550 5.2.1 The email account that you tried to reach is disabled.", true},
		{smtpsink.Mail, "550 5.7.1 Daily SMTP relay limit exceeded for customer.", false},
		{smtpsink.Data, "550 5.7.1 Email quota exceeded.", false},
		{smtpsink.Data, "550 5.7.1 This message violates example.com email policy.", true},
		{smtpsink.Rcpt, "550 5.2.121 The recipient has reached the limit of messages from you in an hour", false},
		{smtpsink.Rcpt, "550 5.2.122 The recipient has reached the limit of messages in an hour", false},
		{smtpsink.Data, "550 5.7.233 Your message can't be sent because your tenant exceeded its daily limit", false},
		{smtpsink.Data, "550 5.7.705 Access denied, tenant has exceeded threshold", false},
		{smtpsink.Mail, "552 5.3.1 Mail system full", false},
		{smtpsink.Data, "552 5.3.4 Message too big", true},
		{smtpsink.Rcpt, "552 Too many recipients", false},
		{smtpsink.Data, "552 Too much mail data", true},
		{smtpsink.Rcpt, "550 4.4.3 Directory down", false},
		{smtpsink.Rcpt, "550 #5.4.3 Directory down", false},
		{smtpsink.Rcpt, "550 5.4.4 No such domain", true},
		{smtpsink.Rcpt, "550 5.4.50 Another code", true},
		{smtpsink.Rcpt, "556 5.1.10 The domain accepts no mail", true},
		{smtpsink.Rcpt, "550 Not 5.4.5 but spam", true},
	} {
		sink.SetReplies(map[string]string{test.stage: test.answer})
		failed := deliveryError(t, sender.Send(t.Context(), message()))
		require.Equal(t, test.permanent, failed.Permanent, test.answer)
	}
}

func TestWrongPasswordIsTemporaryAndNotRepeated(t *testing.T) {
	const password = "correct horse battery"
	for name, o := range map[string]smtpsink.Options{
		"as the server usually says it":  {Username: "acme", Password: "another"},
		"with the password in the reply": {Username: "acme", Password: "another", Replies: map[string]string{smtpsink.Auth: "535 5.7.8 no {password} here"}},
	} {
		t.Run(name, func(t *testing.T) {
			sink := smtpsink.Start(t, o)
			sender := newSMTP(t, sink.Addr, func(c *mail.SMTPConfig) {
				c.PlainToLoopback, c.Username, c.Password = true, "acme", password
			})

			failed := deliveryError(t, sender.Send(t.Context(), message()))

			require.Equal(t, "sign in", failed.Step)
			require.False(t, failed.Permanent)
			require.Contains(t, failed.Reply, "535 5.7.8")
			require.NotContains(t, failed.Error(), password)
			require.Empty(t, sink.Messages())
		})
	}
}

func TestExpiredTokenIsTemporary(t *testing.T) {
	sink := smtpsink.Start(t, smtpsink.Options{Username: "acme", Password: "fresh", Mechanisms: []string{"XOAUTH2"}})
	sender := newSMTP(t, sink.Addr, func(c *mail.SMTPConfig) {
		c.PlainToLoopback, c.Username, c.Password, c.OAuth2 = true, "acme", "stale", true
	})

	failed := deliveryError(t, sender.Send(t.Context(), message()))

	require.Equal(t, "535 5.7.8 token expired", failed.Reply)
	require.False(t, failed.Permanent)
}

func TestServerDownIsTemporary(t *testing.T) {
	sink := smtpsink.Start(t, smtpsink.Options{})
	sender := newSMTP(t, sink.Addr, plain)
	sink.Stop()

	failed := deliveryError(t, sender.Send(t.Context(), message()))

	require.Equal(t, "connect", failed.Step)
	require.False(t, failed.Permanent)
	require.Empty(t, failed.Reply)
	require.ErrorContains(t, failed, "refused")
}

func TestSilentServer(t *testing.T) {
	t.Run("before the greeting ends with the context", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer listener.Close()
		// So long that only the context can end it.
		sender := newSMTP(t, listener.Addr().String(), func(c *mail.SMTPConfig) { c.PlainToLoopback, c.Timeout = true, time.Hour })
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		defer close(done)
		go func() {
			if conn, err := listener.Accept(); err == nil {
				defer conn.Close()
			}
			cancel()
			<-done
		}()

		failed := deliveryError(t, sender.Send(ctx, message()))

		require.ErrorIs(t, failed, context.Canceled)
		require.False(t, failed.Permanent)
	})
	t.Run("ends by itself after the timeout", func(t *testing.T) {
		sink := smtpsink.Start(t, smtpsink.Options{Replies: map[string]string{smtpsink.Rcpt: smtpsink.Hang}})
		sender := newSMTP(t, sink.Addr, func(c *mail.SMTPConfig) { c.PlainToLoopback, c.Timeout = true, 300*time.Millisecond })

		failed := deliveryError(t, sender.Send(t.Context(), message()))

		require.ErrorContains(t, failed, "timeout")
		require.Equal(t, "recipient", failed.Step)
		require.False(t, failed.Permanent)
	})
}

func TestFloodOfAnswersIsCutOff(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		for err == nil { // One greeting line without an end.
			_, err = conn.Write([]byte(strings.Repeat("2", 64<<10)))
		}
	}()

	failed := deliveryError(t, newSMTP(t, listener.Addr().String(), plain).Send(t.Context(), message()))

	require.ErrorContains(t, failed, "sent more than")
}

func TestGoodbyeDoesNotUndoADelivery(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	var server sync.WaitGroup
	server.Go(func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		// Answers to: connection, EHLO, MAIL, RCPT, DATA, end of content. Then gone.
		buffer := make([]byte, 64<<10)
		for _, answer := range []string{"220 hi", "250 hi", "250 ok", "250 ok", "354 go", "250 taken"} {
			if _, err := conn.Write([]byte(answer + "\r\n")); err != nil || answer == "250 taken" {
				return
			}
			for seen := ""; ; {
				n, err := conn.Read(buffer)
				seen += string(buffer[:n])
				if err != nil || answer != "354 go" || strings.HasSuffix(seen, "\r\n.\r\n") {
					break
				}
			}
		}
	})

	require.NoError(t, newSMTP(t, listener.Addr().String(), plain).Send(t.Context(), message()))
	server.Wait()
}
