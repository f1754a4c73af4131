package desk

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/line"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// Message is an email from the host to an operator.
type Message struct {
	Subject    string
	Paragraphs []string
	// Button leads to Path, inside the office; both or neither.
	Button, Path string
}

// maxSubject is in code points, maxButton and maxText in bytes.
const (
	maxSubject = 120
	maxButton  = 200
	maxText    = 16 << 10
)

// Send queues an email from the host to an active operator. It counts against the
// actor's hourly limit, as invitations do.
func (d *Desk) Send(ctx context.Context, a Actor, v Visit, id string, m Message) error {
	o, err := d.target(ctx, &a, PermissionOperatorsManage, id)
	if err != nil {
		return err
	}
	if o.State != store.OperatorActive {
		return ErrChanged
	}
	if d.ended(o) {
		return &NotNowError{closedTexts[letters.ClosedEnded]}
	}
	if err := m.check(); err != nil {
		return err
	}
	var button *mail.Button
	if m.Path != "" {
		button = &mail.Button{Label: m.Button, URL: strings.TrimSuffix(d.Home(), "/") + m.Path}
	}
	letter, err := d.enqueue(o, letters.HostMessage(letters.Notice{About: d.about(o)}, m.Subject, m.Paragraphs, button), time.Time{})
	if err != nil {
		return err
	}
	event := d.Audit(v, "mail.written", Success).Actor(a).Target(o).With("subject", m.Subject).Write()
	return d.countMail(ctx, a, func() error { return d.commitAs(ctx, a, "send email", letter, event) })
}

func (m Message) check() error {
	bad, length := &InvalidError{}, 0
	for _, p := range m.Paragraphs {
		length += len(strings.TrimSpace(p))
	}
	switch {
	case strings.TrimSpace(m.Subject) == "":
		bad.Add("subject", "required", messages.New("letters.message.subject_required"))
	case utf8.RuneCountInString(m.Subject) > maxSubject:
		bad.Add("subject", "too_long", messages.New("letters.message.subject_too_long", "n", maxSubject))
	default:
		if err := line.Check(strings.TrimSpace(m.Subject), 4*maxSubject); err != nil {
			bad.Add("subject", "not_text", line.Text(err))
		}
	}
	switch {
	case length == 0:
		bad.Add("paragraphs", "required", messages.New("letters.message.text_required"))
	case length > maxText:
		bad.Add("paragraphs", "too_long", messages.New("letters.message.text_too_long"))
	}
	switch {
	case (m.Button == "") != (m.Path == ""):
		bad.Add("button", "alone", messages.New("letters.message.button_alone"))
	case m.Button != "" && line.Check(m.Button, maxButton) != nil:
		bad.Add("button", "not_text", line.Text(line.Check(m.Button, maxButton)))
	case m.Path != "" && (!strings.HasPrefix(m.Path, "/") || strings.HasPrefix(m.Path, "//") || !line.IsLink(m.Path)):
		bad.Add("path", "form", messages.New("letters.message.path"))
	}
	return bad.Err()
}
