package mail

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"strings"
	"time"
	"unicode/utf8"
)

// Message is one email to one person, ready to be sent.
//
// It prints and logs only its ID, because the text may hold a one-time link.
type Message struct {
	// To is the recipient's email address as [ParseEmailAddress] returns it.
	To string
	// Subject is one line of plain text, at most 200 characters.
	Subject string
	// Text is the plain text part. Lines end in \n or \r\n. Required.
	Text string
	// HTML is the HTML part, with the same words. If empty, there is only text.
	HTML string
	// Pictures are shown by the HTML part. A [Sender] of yours that cannot send them
	// may leave them out: no picture of ours says anything that the text does not.
	Pictures []Picture
	// ID is the part of the Message-ID before the "@": letters, digits and
	// ". _ -", at most 64. Give a retried message the ID of its first attempt,
	// so that a server or reader that got it twice can recognise it. Default:
	// random.
	ID string
	// Date is when the message was written. Default: the time it is sent.
	Date time.Time
}

// Sender delivers messages, or hands them over for delivery.
//
// Implementations must be safe for concurrent use. Send must return nil only if the
// next server has accepted the message. When ctx ends, it must stop, immediately if
// the message was not handed over, and else within 25 seconds, in which the answer
// may still come. Its error should be a [*DeliveryError]; any other error is treated
// as temporary, and as in doubt.
//
// A Sender may have a method From() string that returns the sender of its messages,
// like [SMTP] and [Outbox]: the office shows it to operators who manage its
// parameters. It may also have a method Check() error that returns what is wrong with its
// settings, which backoffice.New calls.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// readable returns an email address for people: its name without quotation marks.
func readable(a netmail.Address) string {
	if a.Name == "" {
		return a.Address
	}
	return a.Name + " <" + a.Address + ">"
}

const maxSubject = 200

// String returns the redacted form.
func (m Message) String() string { return "mail.Message{" + m.ID + " redacted}" }

// GoString returns the redacted form, for %#v.
func (m Message) GoString() string { return m.String() }

// LogValue returns the redacted form, for log/slog.
func (m Message) LogValue() slog.Value { return slog.StringValue(m.String()) }

// complete fills in what the caller left to the sender.
func (m Message) complete(now func() time.Time) Message {
	if m.Date.IsZero() {
		m.Date = now()
	}
	if m.ID == "" {
		id := make([]byte, 16)
		rand.Read(id)
		m.ID = hex.EncodeToString(id)
	}
	return m
}

// check returns the message in the form to write into an email, or all mistakes in
// it. Errors do not quote values: text and email address are private.
func (m Message) check() (Message, error) {
	var errs []error
	to, err := ParseEmailAddress(m.To)
	switch {
	case err != nil:
		errs = append(errs, fmt.Errorf("to: %w", err))
	case asciiLower(to) != asciiLower(m.To):
		// People's input is repaired where it is typed, not in what is about to be sent.
		errs = append(errs, errors.New("to: is not an email address as ParseEmailAddress returns it"))
	}
	m.To = to
	if m.Subject, err = headerText(m.Subject); err != nil {
		errs = append(errs, fmt.Errorf("subject: %w", err))
	} else if m.Subject == "" || utf8.RuneCountInString(m.Subject) > maxSubject {
		errs = append(errs, fmt.Errorf("subject: need 1 to %d characters", maxSubject))
	}
	if !validID(m.ID) {
		errs = append(errs, errors.New("id: need 1 to 64 letters, digits and . _ -"))
	}
	if m.Text, err = bodyText(m.Text); err != nil {
		errs = append(errs, fmt.Errorf("text: %w", err))
	} else if strings.TrimSpace(m.Text) == "" {
		errs = append(errs, errors.New("text: must not be empty"))
	}
	if m.HTML, err = bodyText(m.HTML); err != nil {
		errs = append(errs, fmt.Errorf("html: %w", err))
	}
	for _, p := range m.Pictures {
		if err := p.check(); err != nil {
			errs = append(errs, fmt.Errorf("picture: %w", err))
		}
	}
	return m, errors.Join(errs...)
}

// validID accepts only characters that are safe in a Message-ID (RFC 5322 section
// 3.6.4) and in a file name.
func validID(id string) bool {
	if id == "" || len(id) > 64 || id[0] == '.' || id[len(id)-1] == '.' || strings.Contains(id, "..") {
		return false
	}
	for i := range len(id) {
		if !isAlphanumeric(id[i]) && !strings.ContainsRune("._-", rune(id[i])) {
			return false
		}
	}
	return true
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// clock returns the clock to use.
func clock(now func() time.Time) func() time.Time {
	if now == nil {
		return time.Now
	}
	return now
}
