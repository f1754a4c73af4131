// Package mail composes emails and hands them to a mail server.
//
// A [Letter] is what an email says: greeting, paragraphs, one button, expiry, and
// what to do if it was not the reader who acted. It becomes a [Message] with a
// text part, complete on its own, and an HTML part with the same words. A [Sender]
// delivers messages: [SMTP] in production, [Outbox] during development.
//
//	sender, err := mail.NewSMTP(mail.SMTPConfig{
//		Addr:     "smtp.example.com:587",
//		From:     "Acme <no-reply@example.com>",
//		Username: "acme",
//		Password: os.Getenv("SMTP_PASSWORD"),
//	})
//	...
//	message, err := letter.Message("ada@example.com")
//	...
//	err = sender.Send(ctx, message)
//
// The office's own letters need only the sender, which belongs in
// backoffice.Config.Mail.
//
// # Transport
//
// [NewSMTP] connects to one configured server only. It uses STARTTLS and refuses
// a server that does not offer it, or TLS from the first byte on request;
// certificates are always verified. The one exception is a server on the same
// machine, see [SMTPConfig].PlainToLoopback.
//
// Nothing here is retried. A failed delivery is a [*DeliveryError] that says
// whether trying again makes sense, for the queue that called. Each message has a
// connection of its own, closed before Send returns.
//
// Until the server has the complete message, it has 30 seconds for each answer and a
// minute and a half in all: one that is down is noticed soon, and nothing was sent.
// From the last line on it has ten minutes, because giving up there means sending a
// second copy.
//
// # Secrets
//
// The text of a message may hold a one-time link, so Message and Letter redact
// themselves when printed or logged. The server's answer in an error has
// passwords and link fragments removed. Still keep messages out of logs: fields
// read by name are not redacted.
//
// # Wording
//
// A layout of your own, or templates for single letters, go into [NewTemplates].
// Whatever people type, such as names, is only ever data to those templates. Put
// names into a letter with [Greeting] and [PlainName], so that no one can have a
// link sent by choosing it as a name.
//
// # What it does not do
//
// It has no attachments other than small pictures that the HTML part shows, and no
// remote images, tracking, mailing lists or DKIM: the mail server signs. Email addresses are ASCII, international domains in their ASCII form; see
// [ParseEmailAddress].
package mail
