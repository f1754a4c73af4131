package desk

import (
	"context"
	"fmt"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// Mails lists emails, newest first, without their text.
func (d *Desk) Mails(ctx context.Context, a Actor, q store.MailQuery) (store.MailPage, error) {
	if !a.Can(PermissionMailView) {
		return store.MailPage{}, ErrForbidden
	}
	if !lookableIfSet(q.Search) { // before it is folded, which takes its time
		return store.MailPage{}, nil
	}
	q.Search = searchFor(q.Search)
	filters := []string{string(q.State), q.Kind, q.OperatorID, q.Search}
	if q.After != nil {
		filters = append(filters, q.After.ID)
	}
	if !lookableIfSet(filters...) {
		return store.MailPage{}, nil
	}
	mails, err := d.Store.ListMails(ctx, q)
	if err != nil {
		return store.MailPage{}, fmt.Errorf("list emails: %w", err)
	}
	for i, m := range mails.Rows {
		mails.Rows[i].To = emailFor(a, m.OperatorID, m.To)
	}
	return mails, nil
}

// Mail finds an email, without its text.
func (d *Desk) Mail(ctx context.Context, a Actor, id string) (store.Mail, error) {
	if !a.Can(PermissionMailView) {
		return store.Mail{}, ErrForbidden
	}
	if !lookableIfSet(id) {
		return store.Mail{}, ErrNotFound
	}
	m, err := d.Store.FindMail(ctx, id)
	if isNotFound(err) {
		return store.Mail{}, ErrNotFound
	}
	if err != nil {
		return store.Mail{}, fmt.Errorf("find email: %w", err)
	}
	m.Body, m.To = nil, emailFor(a, m.OperatorID, m.To)
	return m, nil
}

// Resend is how an email can be resent.
type Resend string

const (
	// ResendNot means that it cannot be: it is on its way, or its text is not kept.
	ResendNot Resend = ""
	// ResendSame sends the same email again, because it failed.
	ResendSame Resend = "same"
	// ResendNew sends a new email with a new link, because the text of the old one
	// is not kept.
	ResendNew Resend = "new"
)

// Resendable returns how an email can be resent.
func (d *Desk) Resendable(m store.Mail) Resend {
	expired := !m.ExpiresAt.IsZero() && !d.Now().Before(m.ExpiresAt)
	switch {
	case m.State == store.MailQueued:
		return ResendNot
	case m.OperatorID != "" && hasLink(m):
		return ResendNew
	case m.State == store.MailFailed && !expired && m.Reply != endedUnreadable:
		return ResendSame
	}
	return ResendNot
}

// hasLink reports whether an email carried a link, which is not kept. To a member, access
// is given with a link only under SSO; then it expires.
func hasLink(m store.Mail) bool {
	return m.Kind == "invitation" || m.Kind == "password-reset" || m.Kind == "access-granted" && !m.ExpiresAt.IsZero()
}

// ResendMail resends an email as Resendable says. A new link takes the permission
// to manage operators. It returns ErrChanged if the email cannot be resent.
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
		if m.Kind == "password-reset" {
			return d.SendReset(ctx, a, v, m.OperatorID)
		}
		_, err := d.ResendInvitation(ctx, a, v, m.OperatorID)
		return err
	case ResendSame:
		event := d.Audit(v, "mail.retried", Success).Actor(a).Thing("mail", m.ID, m.Kind).Write()
		return d.commitAs(ctx, a, "resend email", store.MoveMail{
			ID: m.ID, From: store.MailFailed, To: store.MailQueued, Attempt: m.Attempts, NextAttemptAt: d.Now(), Reply: m.Reply,
		}, event)
	}
	return ErrChanged
}

// TestMail sends a test email to the actor.
func (d *Desk) TestMail(ctx context.Context, a Actor, v Visit) error {
	if err := a.may(PermissionParametersManage); err != nil {
		return err
	}
	o, err := d.Store.FindOperator(ctx, a.ID)
	if isNotFound(err) {
		return ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("find operator: %w", err)
	}
	if _, err := d.limit(ctx, a, "test-mail", testMails, limitWindow); err != nil {
		return err
	}
	letter, err := d.tellOwner(v, o, d.testMessage(o), signature(a))
	if err != nil {
		return err
	}
	event := d.Audit(v, "mail.tested", Success).Actor(a).Target(o).Write()
	return d.commitAs(ctx, a, "send test email", letter, event)
}

// testMessage is a test email to someone. An operator can say through its link that it
// arrived.
func (d *Desk) testMessage(o store.Operator) func(letters.Notice) mail.Letter {
	url := ""
	if o.ID != "" {
		url = d.ArrivalURL(o)
	}
	return func(n letters.Notice) mail.Letter { return letters.TestMessage(n, url) }
}

// TestMailTo sends a test email to any email address and returns the id of the
// email. Only the command line may: an operator must not write to strangers in the
// office's name.
func (d *Desk) TestMailTo(ctx context.Context, a Actor, v Visit, email string) (string, error) {
	if a.ID != ActorCommandLine {
		return "", ErrForbidden
	}
	bad := &InvalidError{}
	to := cleanEmail(email, bad)
	if err := bad.Err(); err != nil {
		return "", err
	}
	o, err := d.findByLogin(ctx, ParseLogin(to))
	if isNotFound(err) {
		o, err = store.Operator{Email: to}, nil
	}
	if err != nil {
		return "", fmt.Errorf("find operator: %w", err)
	}
	letter, err := d.tellOwner(v, o, d.testMessage(o), "")
	if err != nil {
		return "", err
	}
	event := d.Audit(v, "mail.tested", Success).Actor(a).Thing("mail", letter.Mail.ID, to).Write()
	return letter.Mail.ID, d.commitAs(ctx, a, "send test email", letter, event)
}

// testMails is how many test emails an operator may send in 15 minutes.
const testMails = 10
