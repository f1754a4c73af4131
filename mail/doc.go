// Package mail writes the mails of a back office and hands them to a mail
// server.
//
// A [Letter] is what a mail says: greeting, paragraphs, one button, expiry, and
// what to do if it was not the reader. Functions such as [PasswordReset] and
// [Invitation] make the letters that an office sends. A letter becomes a
// [Message] with a text part, complete by itself, and an HTML part of the same
// words. A [Sender] takes messages away: [SMTP] in production, [Outbox] during
// development.
//
//	sender, err := mail.NewSMTP(mail.SMTPConfig{
//		Addr:     "smtp.example.com:587",
//		From:     "Acme <no-reply@example.com>",
//		Username: "acme",
//		Password: os.Getenv("SMTP_PASSWORD"),
//	})
//	...
//	message, err := mail.PasswordReset(values).Message("ada@example.com")
//	...
//	err = sender.Send(ctx, message)
//
// # Transport
//
// [NewSMTP] speaks to one configured server only. It uses STARTTLS and refuses
// a server that does not offer it, or TLS from the first byte on request;
// certificates are always verified. The one exception is a server on the same
// machine, see [SMTPConfig].PlainToLoopback.
//
// There is no retry in here. A failed delivery is a [*DeliveryError] that says
// whether trying again makes sense, for the queue that called. By default a
// server is given 10 seconds for each answer and half a minute for the whole.
// A connection is made for each message and closed before Send returns.
//
// # Secrets
//
// The text of a message may hold a one-time link, so Message, Letter and the
// values letters are made from redact themselves when printed or logged. The
// server's answer in an error has passwords and link fragments taken out. Keep
// messages out of logs all the same: a field read by name is not redacted.
//
// # Wording
//
// Hosts can replace the layout, or the wording of single letters, with
// templates of their own: see [NewTemplates]. Whatever people type, such as
// names, is only ever data to those templates.
//
// # What it does not do
//
// No attachments, pictures, tracking, mailing lists or DKIM: the mail server
// signs. Addresses are plain ASCII, see [ParseAddress].
package mail
