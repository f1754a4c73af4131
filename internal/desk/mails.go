package desk

import (
	"context"
	"fmt"

	"github.com/postern-go/postern/store"
)

// Mails lists mails with what became of them, newest first, never with their
// text.
func (d *Desk) Mails(ctx context.Context, a Actor, q store.MailQuery) (store.MailPage, error) {
	if !a.Can(PermissionMailView) {
		return store.MailPage{}, ErrForbidden
	}
	filters := []string{string(q.State), q.Kind, q.OperatorID, q.Search, SearchKey(q.Search)}
	if q.After != nil {
		filters = append(filters, q.After.ID)
	}
	if !lookableIfSet(filters...) {
		return store.MailPage{}, nil
	}
	q.Search = SearchKey(q.Search)
	mails, err := d.Store.ListMails(ctx, q)
	if err != nil {
		return store.MailPage{}, fmt.Errorf("list mails: %w", err)
	}
	return mails, nil
}

// Mail finds one mail, without its text.
func (d *Desk) Mail(ctx context.Context, a Actor, id string) (store.Mail, error) {
	if !a.Can(PermissionMailView) {
		return store.Mail{}, ErrForbidden
	}
	if !lookableIfSet(id) {
		return store.Mail{}, ErrNotFound
	}
	m, err := d.Store.FindMail(ctx, id)
	if IsNotFound(err) {
		return store.Mail{}, ErrNotFound
	}
	if err != nil {
		return store.Mail{}, fmt.Errorf("find mail: %w", err)
	}
	m.Body = nil
	return m, nil
}

// Resend is how a mail can be sent again.
type Resend string

const (
	// ResendNot is a mail that is on its way, or that cannot be made again.
	ResendNot Resend = ""
	// ResendSame is the same mail once more, because it failed.
	ResendSame Resend = "same"
	// ResendNew is a new mail with a new link, because the old one's text is
	// not kept.
	ResendNew Resend = "new"
)

// Resendable says how a mail can be sent again.
func (d *Desk) Resendable(m store.Mail) Resend {
	expired := !m.ExpiresAt.IsZero() && !d.Now().Before(m.ExpiresAt)
	switch {
	case m.State == store.MailQueued:
		return ResendNot
	case m.OperatorID != "" && (m.Kind == "invitation" || m.Kind == "password-reset"):
		return ResendNew
	case m.State == store.MailFailed && !expired:
		return ResendSame
	}
	return ResendNot
}

// ResendMail sends a mail again: a failed one as it is, one with a link as a
// new mail with a new link, which asks for the right to manage operators.
func (d *Desk) ResendMail(ctx context.Context, a Actor, v Visit, id string) error {
	if err := a.may(PermissionMailView); err != nil {
		return err
	}
	m, err := d.Mail(ctx, a, id)
	if err != nil {
		return err
	}
	switch d.Resendable(m) {
	case ResendNew:
		if m.Kind == "invitation" {
			_, err := d.ResendInvitation(ctx, a, v, m.OperatorID)
			return err
		}
		return d.SendReset(ctx, a, v, m.OperatorID)
	case ResendSame:
		event := d.Audit(v, "mail.retried", Success).Actor(a).Thing("mail", m.ID, m.Kind).Write()
		return d.commitAs(ctx, a, "send mail again", store.MoveMail{
			ID: m.ID, From: store.MailFailed, To: store.MailQueued, Attempt: m.Attempts, NextAttemptAt: d.Now(), Reply: m.Reply,
		}, event)
	}
	return ErrChanged
}
