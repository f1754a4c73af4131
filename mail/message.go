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
// It prints and logs as its ID only, because the text may hold a one-time link.
type Message struct {
	// To is the recipient's email address as [ParseEmailAddress] accepts it.
	To string
	// Subject is one line of plain text, at most 200 characters.
	Subject string
	// Text is the plain text part, required. Lines end in \n or \r\n.
	Text string
	// HTML is the other form of the same words. If empty, there is text only.
	HTML string
	// ID is the part of the Message-ID before the "@": letters, digits and
	// ". _ -", at most 64. Give a retried message the ID of its first attempt,
	// so that a server or reader that got it twice can tell. Default: random.
	ID string
	// Date is when the message was written. Default: when it is sent.
	Date time.Time
}

// Sender hands messages over for delivery.
//
// Implementations must be safe for concurrent use. Send returns nil only if the
// next in line has accepted the message. It stops when ctx ends. Its error is a
// [*DeliveryError]; an error of any other type counts as one that is worth
// another attempt.
//
// A Sender may tell who its messages come from with a method From() string, as
// [SMTP] and [Outbox] do: the office shows it to operators who manage its
// parameters.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// readable is an address as people read it: a name without quotation marks.
func readable(a netmail.Address) string {
	if a.Name == "" {
		return a.Address
	}
	return a.Name + " <" + a.Address + ">"
}

const maxSubject = 200

// String is the redacted form.
func (m Message) String() string { return "mail.Message{" + m.ID + " redacted}" }

// GoString is the redacted form, for %#v.
func (m Message) GoString() string { return m.String() }

// LogValue is the redacted form, for log/slog.
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

// check returns the message as it may be written into an email, or everything
// that is wrong with it. Errors quote no value: text and address are private.
func (m Message) check() (Message, error) {
	var errs []error
	to, err := ParseEmailAddress(m.To)
	if err != nil {
		errs = append(errs, fmt.Errorf("to: %w", err))
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
	return m, errors.Join(errs...)
}

// validID keeps to characters that are safe in a Message-ID (RFC 5322 section
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
