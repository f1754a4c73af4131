package mail_test

import (
	"context"
	"crypto/tls"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/smtpsink"
	"github.com/postern-go/postern/mail"
)

const token = "Zk3vW8-sample_token-mQ2xY7dLr0pTnB5sHc9aUe"

func message() mail.Message {
	return mail.Message{
		To: "ada@example.com", Subject: "Hello", Text: "A link:\nhttps://community.example/a/reset#" + token + "\n",
		ID: "m1", Date: time.Date(2026, 11, 21, 19, 23, 26, 0, time.UTC),
	}
}

// newSMTP returns a sender for the sink at addr; edit changes the configuration.
func newSMTP(t *testing.T, addr string, edit func(*mail.SMTPConfig)) *mail.SMTP {
	t.Helper()
	config := mail.SMTPConfig{Addr: addr, From: "Acme <no-reply@acme.example>"}
	edit(&config)
	sender, err := mail.NewSMTP(config)
	require.NoError(t, err)
	return sender
}

func plain(c *mail.SMTPConfig) { c.PlainToLoopback = true }

func trust(sink *smtpsink.Sink) func(*mail.SMTPConfig) {
	return func(c *mail.SMTPConfig) { c.TLSConfig = &tls.Config{RootCAs: sink.RootCAs} }
}

func deliveryError(t *testing.T, err error) *mail.DeliveryError {
	t.Helper()
	var failed *mail.DeliveryError
	require.ErrorAs(t, err, &failed)
	return failed
}

func TestDelivery(t *testing.T) {
	for _, test := range []struct {
		name   string
		sink   smtpsink.Options
		config func(*smtpsink.Sink, *mail.SMTPConfig)
		want   smtpsink.Received
	}{
		{
			name:   "goes in plain to loopback when told to",
			config: func(_ *smtpsink.Sink, c *mail.SMTPConfig) { c.PlainToLoopback = true },
		},
		{
			name:   "goes by STARTTLS by default",
			sink:   smtpsink.Options{STARTTLS: true},
			config: func(s *smtpsink.Sink, c *mail.SMTPConfig) { trust(s)(c) },
			want:   smtpsink.Received{TLS: true},
		},
		{
			name:   "goes by implicit TLS",
			sink:   smtpsink.Options{TLS: true},
			config: func(s *smtpsink.Sink, c *mail.SMTPConfig) { trust(s)(c); c.ImplicitTLS = true },
			want:   smtpsink.Received{TLS: true},
		},
		{
			name: "checks the certificate for the configured server name",
			sink: smtpsink.Options{STARTTLS: true, CertificateHost: "smtp.acme.example"},
			config: func(s *smtpsink.Sink, c *mail.SMTPConfig) {
				c.TLSConfig = &tls.Config{RootCAs: s.RootCAs, ServerName: "smtp.acme.example"}
			},
			want: smtpsink.Received{TLS: true},
		},
		{
			name: "signs in with PLAIN under TLS",
			sink: smtpsink.Options{STARTTLS: true, Username: "acme", Password: "pass word"},
			config: func(s *smtpsink.Sink, c *mail.SMTPConfig) {
				trust(s)(c)
				c.Username, c.Password = "acme", "pass word"
			},
			want: smtpsink.Received{TLS: true, User: "acme", Mechanism: "PLAIN"},
		},
		{
			name: "signs in with LOGIN where there is nothing else",
			sink: smtpsink.Options{TLS: true, Username: "acme", Password: "pass", Mechanisms: []string{"LOGIN"}},
			config: func(s *smtpsink.Sink, c *mail.SMTPConfig) {
				trust(s)(c)
				c.ImplicitTLS, c.Username, c.Password = true, "acme", "pass"
			},
			want: smtpsink.Received{TLS: true, User: "acme", Mechanism: "LOGIN"},
		},
		{
			name: "signs in with an access token",
			sink: smtpsink.Options{STARTTLS: true, Username: "acme", Password: "ya29.token", Mechanisms: []string{"PLAIN", "XOAUTH2"}},
			config: func(s *smtpsink.Sink, c *mail.SMTPConfig) {
				trust(s)(c)
				c.Username, c.Password, c.OAuth2 = "acme", "ya29.token", true
			},
			want: smtpsink.Received{TLS: true, User: "acme", Mechanism: "XOAUTH2"},
		},
		{
			name: "reads StArTtLs and AuTh pLaIn as what they are",
			sink: smtpsink.Options{STARTTLS: true, Username: "acme", Password: "pass", MixedCase: true},
			config: func(s *smtpsink.Sink, c *mail.SMTPConfig) {
				trust(s)(c)
				c.Username, c.Password = "acme", "pass"
			},
			want: smtpsink.Received{TLS: true, User: "acme", Mechanism: "PLAIN"},
		},
		{
			name: "reads XoAuTh2 as what it is",
			sink: smtpsink.Options{Username: "acme", Password: "ya29.token", Mechanisms: []string{"LOGIN", "XOAUTH2"}, MixedCase: true},
			config: func(s *smtpsink.Sink, c *mail.SMTPConfig) {
				c.PlainToLoopback, c.Username, c.Password, c.OAuth2 = true, "acme", "ya29.token", true
			},
			want: smtpsink.Received{User: "acme", Mechanism: "XOAUTH2"},
		},
		{
			name: "signs in over plain loopback",
			sink: smtpsink.Options{Username: "acme", Password: "pass"},
			config: func(_ *smtpsink.Sink, c *mail.SMTPConfig) {
				c.PlainToLoopback, c.Username, c.Password = true, "acme", "pass"
			},
			want: smtpsink.Received{User: "acme", Mechanism: "PLAIN"},
		},
		{
			name: "shows a client certificate",
			sink: smtpsink.Options{STARTTLS: true, ClientCertificate: true},
			config: func(s *smtpsink.Sink, c *mail.SMTPConfig) {
				trust(s)(c)
				c.TLSConfig.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
					return &s.ClientCertificate, nil
				}
			},
			want: smtpsink.Received{TLS: true, ClientCertificate: true},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			sink := smtpsink.Start(t, test.sink)
			sender := newSMTP(t, sink.Addr, func(c *mail.SMTPConfig) { test.config(sink, c) })

			require.NoError(t, sender.Send(t.Context(), message()))

			messages := sink.Messages()
			require.Len(t, messages, 1)
			got := messages[0]
			body, err := got.Body()
			require.NoError(t, err)
			require.Equal(t, smtpsink.Body{Subject: "Hello", Text: message().Text}, body)
			got.Data = ""
			test.want.From, test.want.To, test.want.HELO = "no-reply@acme.example", []string{"ada@example.com"}, "acme.example"
			test.want.Parameters = []string{} // 7-bit text needs no extension
			require.Equal(t, test.want, got)
		})
	}
}

func TestDeliveryRefusesToStart(t *testing.T) {
	for _, test := range []struct {
		name   string
		sink   smtpsink.Options
		config func(*smtpsink.Sink, *mail.SMTPConfig)
		step   string
		text   string
	}{
		{
			name: "with a server that does not offer STARTTLS",
			step: "tls", text: "does not offer STARTTLS",
		},
		{
			name: "with a server that does not offer STARTTLS, though credentials are there",
			sink: smtpsink.Options{Username: "acme", Password: "pass"},
			config: func(_ *smtpsink.Sink, c *mail.SMTPConfig) {
				c.Username, c.Password = "acme", "pass"
			},
			step: "tls", text: "does not offer STARTTLS",
		},
		{
			name: "with a certificate of an unknown authority",
			sink: smtpsink.Options{STARTTLS: true},
			step: "tls", text: "unknown authority",
		},
		{
			name:   "with a certificate of an unknown authority, TLS from the start",
			sink:   smtpsink.Options{TLS: true},
			config: func(_ *smtpsink.Sink, c *mail.SMTPConfig) { c.ImplicitTLS = true },
			step:   "tls", text: "unknown authority",
		},
		{
			name:   "with a certificate for another host",
			sink:   smtpsink.Options{STARTTLS: true, CertificateHost: "smtp.other.example"},
			config: func(s *smtpsink.Sink, c *mail.SMTPConfig) { trust(s)(c) },
			step:   "tls", text: "127.0.0.1",
		},
		{
			name:   "with a certificate that has expired",
			sink:   smtpsink.Options{STARTTLS: true, CertificateExpired: true},
			config: func(s *smtpsink.Sink, c *mail.SMTPConfig) { trust(s)(c) },
			step:   "tls", text: "expired",
		},
		{
			name: "when credentials are configured and no sign-in is offered",
			sink: smtpsink.Options{STARTTLS: true},
			config: func(s *smtpsink.Sink, c *mail.SMTPConfig) {
				trust(s)(c)
				c.Username, c.Password = "acme", "pass"
			},
			step: "sign in", text: "does not offer PLAIN or LOGIN",
		},
		{
			name: "when a token is configured and only passwords are taken",
			sink: smtpsink.Options{STARTTLS: true, Username: "acme", Password: "pass"},
			config: func(s *smtpsink.Sink, c *mail.SMTPConfig) {
				trust(s)(c)
				c.Username, c.Password, c.OAuth2 = "acme", "token", true
			},
			step: "sign in", text: "does not offer XOAUTH2",
		},
		{
			name: "when the credentials cannot be had",
			config: func(_ *smtpsink.Sink, c *mail.SMTPConfig) {
				c.PlainToLoopback = true
				c.Credentials = func(context.Context) (string, string, error) { return "", "", errors.New("vault is sealed") }
			},
			step: "credentials", text: "vault is sealed",
		},
		{
			name: "when the credentials are empty",
			config: func(_ *smtpsink.Sink, c *mail.SMTPConfig) {
				c.PlainToLoopback = true
				c.Credentials = func(context.Context) (string, string, error) { return "", "", nil }
			},
			step: "credentials", text: "empty",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			sink := smtpsink.Start(t, test.sink)
			sender := newSMTP(t, sink.Addr, func(c *mail.SMTPConfig) {
				if test.config != nil {
					test.config(sink, c)
				}
			})

			failed := deliveryError(t, sender.Send(t.Context(), message()))

			require.Equal(t, test.step, failed.Step)
			require.ErrorContains(t, failed, test.text)
			require.False(t, failed.Permanent, "somebody can mend this while the message waits")
			require.Empty(t, sink.Messages())
		})
	}
}

func TestCredentialsAreAskedForOncePerConnection(t *testing.T) {
	sink := smtpsink.Start(t, smtpsink.Options{Username: "acme", Password: "rotated"})
	asked := 0
	sender := newSMTP(t, sink.Addr, func(c *mail.SMTPConfig) {
		c.PlainToLoopback = true
		c.Credentials = func(context.Context) (string, string, error) {
			asked++
			if asked == 1 {
				return "acme", "outdated", nil
			}
			return "acme", "rotated", nil
		}
	})

	require.Error(t, sender.Send(t.Context(), message()))
	require.NoError(t, sender.Send(t.Context(), message()))
	require.NoError(t, sender.Send(t.Context(), message()))

	require.Equal(t, 3, asked)
	require.Len(t, sink.Messages(), 2)
}

func TestPlainIsRefusedWhenTheNameLeadsAway(t *testing.T) {
	// An IP address of the documentation range: refused before anything is sent.
	sender := newSMTP(t, "localhost:2525", plain)

	failed := deliveryError(t, sender.SendTo(t.Context(), "192.0.2.1:2525", message()))

	require.Equal(t, "connect", failed.Step)
	require.ErrorContains(t, failed, "192.0.2.1 is not a loopback address")
}

func TestSMTPIsSafeForConcurrentUse(t *testing.T) {
	sink := smtpsink.Start(t, smtpsink.Options{STARTTLS: true, Username: "acme", Password: "pass"})
	sender := newSMTP(t, sink.Addr, func(c *mail.SMTPConfig) {
		trust(sink)(c)
		c.Username, c.Password = "acme", "pass"
	})
	results := make(chan error, 8)
	for range cap(results) {
		go func() { results <- sender.Send(t.Context(), message()) }()
	}
	for range cap(results) {
		require.NoError(t, <-results)
	}
	require.Len(t, sink.Messages(), cap(results))
}
