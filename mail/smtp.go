package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	netmail "net/mail"
	"net/textproto"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// SMTP sends messages through one mail server. Create it with [NewSMTP]. It is safe
// for concurrent use; every message has a connection of its own.
type SMTP struct {
	config SMTPConfig
	host   string
	from   netmail.Address
	tls    *tls.Config
	// connect replaces dialling in tests.
	connect func(context.Context) (net.Conn, error)
}

// From returns the sender of messages, in a form for people.
func (s *SMTP) From() string { return readable(s.from) }

const (
	// wholeFactor times the timeout is the limit for everything before the server
	// has the message.
	wholeFactor = 3
	// grace is how long Send goes on waiting for the answer to a complete message
	// after its context has ended: less than the 30 seconds after which
	// orchestrators kill a process that was told to end.
	grace = 25 * time.Second
	// farewell is how long we wait for the answer to QUIT. The message is
	// delivered by then.
	farewell = time.Second
)

// Send delivers m and returns once the server has accepted it. Its error is a
// [*DeliveryError].
//
// If ctx ends before the server has the complete message, Send gives up immediately
// and nothing was sent. Once the server has it, only its answer tells what became of
// it: Send waits for that for SMTPConfig.Patience, and if ctx ends, for up to 25
// seconds more. If no answer comes, the error is InDoubt.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	m, err := m.complete(s.config.Now).check()
	if err != nil {
		return &DeliveryError{Step: stepMessage, Permanent: true, err: err}
	}
	content, err := render(m, s.from, gomail.EncodingQP)
	if err != nil {
		return &DeliveryError{Step: stepMessage, Permanent: true, err: err}
	}

	before, cancel := context.WithTimeout(ctx, wholeFactor*s.config.Timeout)
	defer cancel()
	sign, err := s.signIn(before)
	if err != nil {
		return &DeliveryError{Step: stepCredentials, err: fmt.Errorf("ask for credentials: %w", err)}
	}
	conn, err := s.dial(before)
	if err != nil {
		return failure(before, stepConnect, err, nil)
	}
	defer conn.Close()
	// Only closing the connection ends every wait, with or without TLS.
	giveUp := context.AfterFunc(before, func() { conn.Close() })
	defer giveUp()
	secrets := append(sign.secrets(), fragments(m.Text)...)
	talk, data, step, err := s.offer(before, conn, sign, m.To)
	if err == nil {
		_, err = data.Write(content)
	}
	// After a pause of the whole process, the time may be over before its timer
	// has noticed, and someone else may be sending the message.
	if end, _ := before.Deadline(); err == nil && (!giveUp() || !time.Now().Before(end)) {
		err = cmp.Or(before.Err(), context.DeadlineExceeded)
	}
	if err != nil {
		return failure(before, step, err, secrets)
	}

	conn.patience = s.config.Patience
	answered := make(chan struct{})
	defer context.AfterFunc(ctx, func() {
		select {
		case <-time.After(grace):
			conn.Close()
		case <-answered:
		}
	})()
	err = data.Close() // sends the last line, and reads the answer
	close(answered)
	if err != nil {
		failed := failure(ctx, step, err, secrets)
		failed.InDoubt = failed.Reply == "" && !conn.cutOff
		return failed
	}
	// The message is delivered, even if QUIT fails.
	conn.patience = farewell
	talk.quit()
	return nil
}

// offer runs an SMTP session (RFC 5321) to where the server waits for the message,
// and returns the step it got to.
//
// It does not use go-mail's Client, which leaves a connection open if it is refused
// halfway, does not notice that ctx has ended once it is connected, and reports a message
// as failed if the server accepted it and then failed at RSET or QUIT.
func (s *SMTP) offer(ctx context.Context, conn net.Conn, sign *signIn, to string) (*session, io.WriteCloser, string, error) {
	talk, step, err := s.greet(ctx, conn)
	if err != nil {
		return nil, nil, step, err
	}
	if sign != nil {
		if err := talk.signIn(sign, s.host); err != nil {
			return nil, nil, stepSignIn, err
		}
	}
	if _, _, err := talk.command(250, "MAIL FROM:<%s>", s.from.Address); err != nil {
		return nil, nil, stepSender, err
	}
	if _, _, err := talk.command(25, "RCPT TO:<%s>", to); err != nil {
		return nil, nil, stepRecipient, err
	}
	data, err := talk.letter()
	return talk, data, stepContent, err
}

// greet makes the connection safe to use: encrypted, or on loopback.
func (s *SMTP) greet(ctx context.Context, conn net.Conn) (*session, string, error) {
	if s.config.ImplicitTLS {
		secured := tls.Client(conn, s.tls)
		if err := secured.HandshakeContext(ctx); err != nil {
			return nil, stepTLS, err
		}
		conn = secured
	}
	talk, err := begin(conn, s.config.HELO, s.config.ImplicitTLS)
	if err != nil {
		return nil, stepGreeting, err
	}
	if s.config.ImplicitTLS || s.config.PlainToLoopback {
		return talk, "", nil
	}
	if !talk.offer("STARTTLS") {
		return nil, stepTLS, errors.New("the server does not offer STARTTLS, and emails are not sent without encryption")
	}
	if err := talk.startTLS(ctx, s.tls); err != nil {
		return nil, stepTLS, err
	}
	return talk, "", nil
}

// failure classifies what went wrong.
func failure(ctx context.Context, step string, err error, secrets []string) *DeliveryError {
	var answer *textproto.Error
	if errors.As(err, &answer) {
		return &DeliveryError{
			Step:      step,
			Permanent: refusesMessage(step, answer),
			Reply:     cleanReply(fmt.Sprintf("%d %s", answer.Code, answer.Msg), secrets...),
		}
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return &DeliveryError{Step: step, err: err}
}
