package pages

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

var mailResent = success("resent", "The email is on its way again.")

// MailMessagePage is what is known about one mail; never its text.
type MailMessagePage struct {
	view.Form
	Kind, To, Subject, Path string
	State                   string
	Level                   view.Level
	// Operator is the person concerned, or empty; OperatorPath their page.
	Operator, OperatorPath string
	Created, Sent          time.Time
	// Next is when it is tried next, Expires when its link ends; zero leaves
	// them out.
	Next, Expires time.Time
	// Attempts is how often it was tried, Reply the server's last answer.
	Attempts int
	Reply    string
	// MayResend shows the button, NewLink says that a new link is made;
	// Refusal says why it cannot be sent again.
	MayResend, NewLink bool
	Refusal            string
}

func (MailMessagePage) Template() string { return "mail_message" }

func (p MailMessagePage) crumbs() []view.Crumb {
	return []view.Crumb{{Label: "Mail", Path: "/mail"}, {Label: p.Kind}}
}

// getMail shows what became of a mail; its text and links are never shown.
func (c *call) getMail() error { return c.showMail(http.StatusOK) }

func (c *call) showMail(status int) error {
	m, err := c.Desk.Mail(c.ctx(), c.actor(), c.id())
	if err != nil {
		return err
	}
	s := mailStates[m.State]
	p := MailMessagePage{
		Kind: mailTitle(m.Kind), To: m.To, Subject: m.Subject, Path: "/mail/" + url.PathEscape(m.ID), State: s.word, Level: s.level,
		Created: m.CreatedAt, Sent: m.SentAt, Expires: m.ExpiresAt, Attempts: m.Attempts, Reply: m.Reply,
	}
	if m.State == store.MailQueued {
		p.Next = m.NextAttemptAt
	}
	var o desk.OperatorDetail
	if m.OperatorID != "" && c.identity.Can(desk.PermissionOperatorsView) {
		o, err = c.Desk.Operator(c.ctx(), c.actor(), m.OperatorID)
		if err != nil && !errors.Is(err, desk.ErrNotFound) {
			return err
		}
	}
	if o.ID != "" {
		p.Operator, p.OperatorPath = o.Name, operatorPath(o.ID)
	}
	again := c.Desk.Resendable(m)
	p.NewLink, p.Refusal = again == desk.ResendNew, c.notAgain(m, again, o)
	p.MayResend = p.Refusal == ""
	return c.show(status, p)
}

// notAgain says why a mail to somebody is not sent again; empty when it can be.
func (c *call) notAgain(m store.Mail, again desk.Resend, o desk.OperatorDetail) string {
	switch {
	case again == desk.ResendSame:
		return ""
	case again == desk.ResendNot && m.State == store.MailQueued:
		return "It is on its way, and tried again by itself."
	case again == desk.ResendNot:
		return "Its text is not kept, so it cannot be sent again."
	case !c.identity.Can(desk.PermissionOperatorsManage):
		return "Its link is not kept, and your roles do not let you make a new one."
	case m.Kind == "invitation" && o.State != store.OperatorInvited, m.Kind == "password-reset" && o.State != store.OperatorActive:
		return "Nobody waits for its link any more."
	case m.Kind == "password-reset" && o.PasswordElsewhere:
		return "They sign in with the password of the community now."
	case !o.Within:
		return "They hold more than you do, so you cannot make a new link for them."
	}
	return ""
}

// postMail sends a mail again.
func (c *call) postMail() error {
	if c.form.Get("action") != "resend" {
		return ErrUnknownAct
	}
	err := c.Desk.ResendMail(c.ctx(), c.actor(), c.visit, c.id())
	if errors.Is(err, desk.ErrElsewhere) {
		// The page says so.
		return c.showMail(http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return c.redirect(mailResent.at("/mail"))
}
