package pages

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// mailStates are the states of mails as pages say them.
var mailStates = map[store.MailState]struct {
	word  string
	level view.Level
}{
	store.MailQueued:    {"Queued", view.LevelInfo},
	store.MailSent:      {"Sent", view.LevelSuccess},
	store.MailFailed:    {"Failed", view.LevelDanger},
	store.MailCancelled: {"Cancelled", ""},
}

// words makes a heading of a stable name: "password-reset" becomes "Password
// reset".
func words(name string) string {
	name = strings.NewReplacer("-", " ", "_", " ", ".", ": ").Replace(name)
	if name == "" {
		return ""
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

func mailRow(m store.Mail) MailRow {
	s := mailStates[m.State]
	return MailRow{Kind: mailTitle(m.Kind), To: m.To, Path: "/mail/" + url.PathEscape(m.ID), State: s.word, Level: s.level, Reply: m.Reply, Created: m.CreatedAt, Sent: m.State == store.MailSent}
}

// getMails lists mails, newest first, with what became of them.
func (c *call) getMails() error {
	q := c.query()
	query := store.MailQuery{State: store.MailState(q.Get("state")), Kind: q.Get("kind"), OperatorID: q.Get("operator"), Limit: rowsPerPage}
	if micros, err := strconv.ParseInt(q.Get("after"), 10, 64); err == nil {
		query.After = &store.MailCursor{CreatedAt: time.UnixMicro(micros).UTC(), ID: q.Get("id")}
	}
	mails, err := c.Desk.Mails(c.ctx(), c.actor(), query)
	if err != nil {
		return err
	}
	p := MailPage{State: q.Get("state"), OperatorID: query.OperatorID, MayTest: c.identity.Can(desk.PermissionParametersManage)}
	p.Filtered = p.State+query.Kind+query.OperatorID != ""
	for _, kind := range mail.Kinds() {
		p.Kinds = append(p.Kinds, view.Option{Value: kind, Label: mailTitle(kind), Chosen: kind == query.Kind})
	}
	if query.OperatorID != "" {
		if o, err := c.Desk.FindOperator(c.ctx(), c.actor(), query.OperatorID); err == nil {
			p.Operator = o.Name
		}
	}
	if query.After != nil {
		p.First = c.following("/mail", nil, "after", "id")
	}
	if next := mails.Next; next != nil {
		p.Next = c.following("/mail", map[string]string{"after": strconv.FormatInt(next.CreatedAt.UnixMicro(), 10), "id": next.ID})
	}
	for _, m := range mails.Rows {
		p.Mails = append(p.Mails, mailRow(m))
	}
	return c.show(http.StatusOK, p)
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
	var o desk.Detail
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
func (c *call) notAgain(m store.Mail, again desk.Resend, o desk.Detail) string {
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
	return c.redirect("/mail?done=resent")
}

// getMailTest offers to send a test mail.
func (c *call) getMailTest() error {
	return c.show(http.StatusOK, MailTestPage{To: c.identity.Operator.Email, MayList: c.identity.Can(desk.PermissionMailView)})
}

// postMailTest sends a test mail to who asks for it.
func (c *call) postMailTest() error {
	if err := c.Desk.TestMail(c.ctx(), c.actor(), c.visit); err != nil {
		return err
	}
	if !c.identity.Can(desk.PermissionMailView) {
		return c.redirect("/parameters?done=test-queued")
	}
	return c.redirect("/mail?done=test-sent")
}
