package mail_test

import (
	"context"
	"crypto/tls"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/mail"
)

func credentials(context.Context) (string, string, error) { return "acme", "pass", nil }

func TestSMTPConfigMistakes(t *testing.T) {
	for _, test := range []struct {
		name string
		edit func(*mail.SMTPConfig)
		want string
	}{
		{"no address", func(c *mail.SMTPConfig) { c.Addr = "" }, "Addr"},
		{"no port", func(c *mail.SMTPConfig) { c.Addr = "smtp.acme.example" }, "Addr"},
		{"a port by name", func(c *mail.SMTPConfig) { c.Addr = "smtp.acme.example:smtp" }, "Addr"},
		{"port 0", func(c *mail.SMTPConfig) { c.Addr = "smtp.acme.example:0" }, "Addr"},
		{"no host", func(c *mail.SMTPConfig) { c.Addr = ":587" }, "Addr"},
		{"a URL for an address", func(c *mail.SMTPConfig) { c.Addr = "smtp://acme:587" }, "Addr"},
		{"no sender", func(c *mail.SMTPConfig) { c.From = "" }, "From"},
		{"a sender that is no address", func(c *mail.SMTPConfig) { c.From = "Acme" }, "From"},
		{"a sender's name with an encoded word", func(c *mail.SMTPConfig) { c.From = `"=?x?=" <no-reply@acme.example>` }, "From: the name has \"=?\""},
		{"a sender's name with a right-to-left mark", func(c *mail.SMTPConfig) { c.From = "Acme\u200f <no-reply@acme.example>" }, "From"},
		{"a sender's name with a zero-width space", func(c *mail.SMTPConfig) { c.From = "Ac\u200bme <no-reply@acme.example>" }, "From: the name has an invisible character (U+200B)"},
		{"a sender's name of a page", func(c *mail.SMTPConfig) { c.From = strings.Repeat("x", 201) + " <no-reply@acme.example>" }, "From: the name is longer than 200 bytes"},
		{"a sender without a dot", func(c *mail.SMTPConfig) { c.From = "no-reply@acme" }, "From: email address not accepted: The part after the “@” needs a dot"},
		{"a user without password", func(c *mail.SMTPConfig) { c.Username = "acme" }, "Credentials"},
		{"a password without user", func(c *mail.SMTPConfig) { c.Password = "pass" }, "Credentials"},
		{"credentials twice", func(c *mail.SMTPConfig) {
			c.Username, c.Password, c.Credentials = "acme", "pass", credentials
		}, "Credentials"},
		{"a line break in the password", func(c *mail.SMTPConfig) { c.Username, c.Password = "acme", "a\nb" }, "Credentials"},
		{"OAuth 2.0 without a token", func(c *mail.SMTPConfig) { c.OAuth2 = true }, "OAuth2"},
		{"plain to another machine", func(c *mail.SMTPConfig) { c.PlainToLoopback = true }, "PlainToLoopback"},
		{"plain to an address of the network", func(c *mail.SMTPConfig) { c.PlainToLoopback, c.Addr = true, "192.168.0.1:25" }, "PlainToLoopback"},
		{"plain to every address", func(c *mail.SMTPConfig) { c.PlainToLoopback, c.Addr = true, "0.0.0.0:25" }, "PlainToLoopback"},
		{"plain to a name that begins well", func(c *mail.SMTPConfig) { c.PlainToLoopback, c.Addr = true, "localhost.evil.example:25" }, "PlainToLoopback"},
		{"plain and TLS", func(c *mail.SMTPConfig) { c.PlainToLoopback, c.ImplicitTLS, c.Addr = true, true, "localhost:25" }, "PlainToLoopback"},
		{"plain and a TLS configuration", func(c *mail.SMTPConfig) {
			c.PlainToLoopback, c.TLSConfig, c.Addr = true, &tls.Config{}, "localhost:25"
		}, "PlainToLoopback"},
		{"certificates not verified", func(c *mail.SMTPConfig) { c.TLSConfig = &tls.Config{InsecureSkipVerify: true} }, "InsecureSkipVerify"},
		{"TLS 1.1 allowed", func(c *mail.SMTPConfig) { c.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS11} }, "TLSConfig"},
		{"TLS 1.1 at most", func(c *mail.SMTPConfig) { c.TLSConfig = &tls.Config{MaxVersion: tls.VersionTLS11} }, "TLSConfig"},
		{"a negative timeout", func(c *mail.SMTPConfig) { c.Timeout = -time.Second }, "Timeout"},
		{"a negative patience", func(c *mail.SMTPConfig) { c.Patience = -time.Second }, "Patience"},
		{"a HELO that ends the command", func(c *mail.SMTPConfig) { c.HELO = "acme\r\nMAIL FROM:<x>" }, "HELO"},
	} {
		t.Run(test.name, func(t *testing.T) {
			config := mail.SMTPConfig{Addr: "smtp.acme.example:587", From: "no-reply@acme.example"}
			test.edit(&config)
			sender, err := mail.NewSMTP(config)
			require.ErrorContains(t, err, "mail.SMTPConfig.")
			require.ErrorContains(t, err, test.want)
			require.Nil(t, sender)
		})
	}
}

func TestSMTPConfigReportsEveryMistakeWithoutThePassword(t *testing.T) {
	_, err := mail.NewSMTP(mail.SMTPConfig{
		Addr: "x", From: "y", Password: "hunter2\n", Timeout: -1, HELO: "a b", TLSConfig: &tls.Config{InsecureSkipVerify: true},
	})
	for _, field := range []string{"Addr", "From", "Credentials", "Timeout", "HELO", "TLSConfig"} {
		require.ErrorContains(t, err, "mail.SMTPConfig."+field+": ")
	}
	require.NotContains(t, err.Error(), "hunter2")
}

func TestSMTPConfigsThatAreFine(t *testing.T) {
	for name, config := range map[string]mail.SMTPConfig{
		"the least there is":        {Addr: "smtp.acme.example:587", From: "no-reply@acme.example"},
		"upper case host":           {Addr: "SMTP.Acme.Example:465", From: "Acme <no-reply@acme.example>", ImplicitTLS: true},
		"an IP address":             {Addr: "[2001:db8::1]:587", From: "no-reply@acme.example"},
		"plain to localhost":        {Addr: "localhost:25", From: "no-reply@acme.example", PlainToLoopback: true},
		"plain to 127.0.0.2":        {Addr: "127.0.0.2:25", From: "no-reply@acme.example", PlainToLoopback: true},
		"plain to IPv6 loopback":    {Addr: "[::1]:25", From: "no-reply@acme.example", PlainToLoopback: true},
		"a name outside ASCII":      {Addr: "smtp.acme.example:587", From: "Ünïcode <no-reply@acme.example>"},
		"credentials by a callback": {Addr: "smtp.acme.example:587", From: "no-reply@acme.example", Credentials: credentials, OAuth2: true},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := mail.NewSMTP(config)
			require.NoError(t, err)
		})
	}
}
