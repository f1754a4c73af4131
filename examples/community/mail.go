package main

import (
	"cmp"
	"net"
	"os"

	"github.com/postern-go/postern/mail"
)

const sender = "Riverside Community Garden <no-reply@garden.example>"

// newSender sends through the server that was named, or into a folder.
func newSender(o options) (mail.Sender, error) {
	from := cmp.Or(os.Getenv("SMTP_FROM"), sender)
	if o.smtp == "" {
		return &mail.Outbox{Dir: o.outbox, Sender: from}, nil
	}
	return mail.NewSMTP(mail.SMTPConfig{
		Addr: o.smtp, From: from,
		Username: os.Getenv("SMTP_USERNAME"), Password: os.Getenv("SMTP_PASSWORD"),
		// Servers for development have no certificate, and the mail does not
		// leave the machine. Anywhere else TLS is required.
		PlainToLoopback: onThisMachine(o.smtp),
	})
}

func onThisMachine(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
