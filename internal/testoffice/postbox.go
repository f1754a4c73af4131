package testoffice

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/postern-go/postern/mail"
)

// Postbox is a mail server that keeps what is sent.
type Postbox struct {
	mu       sync.Mutex
	messages []mail.Message
	answer   func(ctx context.Context, m mail.Message) error
}

// Send implements [mail.Sender].
func (p *Postbox) Send(ctx context.Context, m mail.Message) error {
	p.mu.Lock()
	answer := p.answer
	p.mu.Unlock()
	if answer != nil {
		if err := answer(ctx, m); err != nil {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.messages = append(p.messages, m)
	return nil
}

// Answer has f decide what each delivery comes to.
func (p *Postbox) Answer(f func(ctx context.Context, m mail.Message) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = f
}

// Refuse makes every delivery fail, or with nil none.
func (p *Postbox) Refuse(err error) {
	p.Answer(func(context.Context, mail.Message) error { return err })
}

// Clear forgets the messages.
func (p *Postbox) Clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.messages = nil
}

// All are the messages, as they came.
func (p *Postbox) All() []mail.Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.messages)
}

// To are the messages to an email address, as they came.
func (p *Postbox) To(address string) []mail.Message {
	return slices.DeleteFunc(p.All(), func(m mail.Message) bool { return m.To != address })
}

// Newest is the newest message to an email address with some words in its subject.
func (p *Postbox) Newest(to, about string) (mail.Message, bool) {
	for _, m := range slices.Backward(p.To(to)) {
		if strings.Contains(m.Subject, about) {
			return m, true
		}
	}
	return mail.Message{}, false
}

// Subjects are the subjects of the messages to an email address, a line each.
func (p *Postbox) Subjects(to string) string {
	var out []string
	for _, m := range p.To(to) {
		out = append(out, m.Subject)
	}
	return strings.Join(out, "\n")
}
