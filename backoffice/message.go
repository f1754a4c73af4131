package backoffice

import (
	"context"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// Message is a mail of yours to an operator, in plain text: the office lays it
// out like its own mails, greets, and says why it came.
type Message struct {
	// Subject says what it is about, in at most 120 characters; the office's name
	// is put in front. Required.
	Subject string
	// Paragraphs are what it says, together at most 16 KiB. Required.
	Paragraphs []string
	// Button is the label of the one thing to do, and Path where it leads inside
	// the office, percent-encoded: "/orders/17". Both or neither.
	Button, Path string
}

// Send queues a mail to an active operator. What becomes of it is on the
// office's page about mail; it asks for the permission operators.manage and
// counts like an invitation, of which an operator can send 60 in an hour. The
// subject goes into the audit. ErrChanged says that the operator is not active.
func (s *Services) Send(ctx context.Context, who string, m Message) error {
	return s.to(ctx, who, desk.PermissionOperatorsManage, func(a desk.Actor, v desk.Visit, o store.Operator) error {
		return s.services.Send(ctx, a, v, o.ID, desk.Message(m))
	})
}
