package officetest

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/postern-go/postern/mail"
)

// Mails are emails, oldest first.
type Mails []mail.Message

// Mails delivers the emails that are due and returns all that were sent. It needs the Mail
// that the office was given by [New] or [Mount].
func (o *Office) Mails() Mails {
	o.t.Helper()
	if o.reach.Desk.Sender != mail.Sender(o.outbox) {
		o.t.Fatal("officetest: Mails: mount replaced the Mail of its Config, so the emails are where that one has them")
	}
	if _, err := o.DeliverMail(context.WithoutCancel(o.t.Context())); err != nil {
		o.t.Fatalf("officetest: deliver mail: %v", err)
	}
	o.outbox.mu.Lock()
	defer o.outbox.mu.Unlock()
	return slices.Clone(o.outbox.sent)
}

// To returns the emails to an address.
func (m Mails) To(address string) Mails {
	return slices.DeleteFunc(slices.Clone(m), func(m mail.Message) bool { return !strings.EqualFold(m.To, address) })
}

// Link returns the newest link in these emails to a path inside the office, such as "/welcome",
// with its one-time token. Pass it to [Browser.Get] or [Browser.Submit] as it is.
func (m Mails) Link(t testing.TB, path string) string {
	t.Helper()
	link := ""
	for _, message := range m {
		for _, word := range strings.Fields(message.Text) {
			if at, _, _ := strings.Cut(word, "#"); strings.Contains(word, "://") && strings.HasSuffix(at, path) {
				link = word
			}
		}
	}
	if link == "" {
		t.Fatalf("officetest: no email has a link to %q; there are %s", path, m)
	}
	return link
}

// String lists recipients and subjects, for failed tests. It leaves out the texts, which may have
// one-time links.
func (m Mails) String() string {
	if len(m) == 0 {
		return "no emails"
	}
	lines := make([]string, len(m))
	for i, message := range m {
		lines[i] = "\n\tto " + message.To + ": " + message.Subject
	}
	return strings.Join(lines, "")
}
