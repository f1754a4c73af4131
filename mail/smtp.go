package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/textproto"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// SMTP sends messages through one mail server. Create it with [NewSMTP]. It is safe
// for concurrent use; every message has a connection of its own.
type SMTP struct {
	config SMTPConfig
	host   string
	from   netmail.Address
	tls    *tls.Config
}

// From returns the sender of messages, in a form for people.
func (s *SMTP) From() string { return readable(s.from) }

const (
	// wholeFactor times the timeout is the limit for a delivery.
	wholeFactor = 3
	// farewell is how long we wait for the answer to QUIT. The message is
	// delivered by then.
	farewell = time.Second
)

// Send delivers m and returns once the server has accepted it. Its error is a
// [*DeliveryError]. If the connection breaks after the last byte but before the
// answer, no one can know whether the message was sent: the error is then
// temporary, and a retry with the same ID may arrive as a second copy.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	m, err := m.complete(s.config.Now).check()
	if err != nil {
		return &DeliveryError{Step: stepMessage, Permanent: true, err: err}
	}
	content, err := render(m, s.from, gomail.EncodingQP)
	if err != nil {
		return &DeliveryError{Step: stepMessage, Permanent: true, err: err}
	}

	ctx, cancel := context.WithTimeout(ctx, wholeFactor*s.config.Timeout)
	defer cancel()
	sign, err := s.signIn(ctx)
	if err != nil {
		return &DeliveryError{Step: stepCredentials, err: fmt.Errorf("ask for credentials: %w", err)}
	}
	step, err := s.deliver(ctx, sign, m.To, content)
	if err != nil {
		return failure(ctx, step, err, append(sign.secrets(), fragments(m.Text)...))
	}
	return nil
}

// deliver runs one SMTP session (RFC 5321) and returns the step it failed in.
//
// It implements the protocol itself instead of using go-mail's Client, which leaves
// a connection open if it is refused halfway, does not notice that ctx has ended
// once it is connected, and reports a message as failed if the server accepted it
// and then failed at RSET or QUIT.
func (s *SMTP) deliver(ctx context.Context, sign *signIn, to string, content []byte) (string, error) {
	conn, err := s.dial(ctx)
	if err != nil {
		return stepConnect, err
	}
	defer conn.Close()
	// Only closing the connection ends every wait, with or without TLS.
	defer context.AfterFunc(ctx, func() { conn.Close() })()

	client, step, err := s.greet(ctx, conn)
	if err != nil {
		return step, err
	}
	if sign != nil {
		if err := client.Auth(sign); err != nil {
			return stepSignIn, err
		}
	}
	if err := client.Mail("<" + s.from.Address + ">"); err != nil {
		return stepSender, err
	}
	if err := client.Rcpt("<" + to + ">"); err != nil {
		return stepRecipient, err
	}
	data, err := client.Data()
	if err != nil {
		return stepContent, err
	}
	if _, err := data.Write(content); err != nil {
		return stepContent, err
	}
	if err := data.Close(); err != nil {
		return stepContent, err
	}
	// The message is delivered, even if QUIT fails.
	conn.patience = farewell
	_ = client.Quit()
	return "", nil
}

// greet makes the connection safe to use: encrypted, or on loopback.
func (s *SMTP) greet(ctx context.Context, conn *boundedConn) (*smtp.Client, string, error) {
	var transport net.Conn = conn
	if s.config.ImplicitTLS {
		secured := tls.Client(conn, s.tls)
		if err := secured.HandshakeContext(ctx); err != nil {
			return nil, stepTLS, err
		}
		transport = secured
	}
	client, err := smtp.NewClient(transport, s.host)
	if err != nil {
		return nil, stepGreeting, err
	}
	// Email addresses are ASCII and headers encoded, so no server needs it.
	client.SkipSMTPUTF8(true)
	if err := client.Hello(s.config.HELO); err != nil {
		return nil, stepGreeting, err
	}
	if s.config.ImplicitTLS || s.config.PlainToLoopback {
		return client, "", nil
	}
	if offered, _ := client.Extension("STARTTLS"); !offered {
		return nil, stepTLS, errors.New("the server does not offer STARTTLS, and emails are not sent without encryption")
	}
	if err := client.StartTLS(s.tls); err != nil {
		return nil, stepTLS, err
	}
	return client, "", nil
}

// failure classifies what went wrong.
func failure(ctx context.Context, step string, err error, secrets []string) *DeliveryError {
	var answer *textproto.Error
	if errors.As(err, &answer) {
		return &DeliveryError{
			Step:      step,
			Permanent: refusesMessage(step, answer.Code),
			Reply:     cleanReply(fmt.Sprintf("%d %s", answer.Code, answer.Msg), secrets...),
		}
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return &DeliveryError{Step: step, err: err}
}

// refusesMessage distinguishes a refusal of this message (RFC 5321 section 4.2.1)
// from one of the client: before MAIL FROM, and with the codes of RFC 4954 section
// 6, the refusal concerns the account or the connection, which can be fixed.
func refusesMessage(step string, code int) bool {
	switch step {
	case stepSender, stepRecipient, stepContent:
	default:
		return false
	}
	switch code {
	case 530, 534, 535, 538:
		return false
	}
	return code >= 500 && code <= 599
}
