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

// GetMails lists mails, newest first, with what became of them.
func GetMails(c *Call) error {
	q := c.Query()
	query := store.MailQuery{State: store.MailState(q.Get("state")), Kind: q.Get("kind"), OperatorID: q.Get("operator"), Limit: rowsPerPage}
	if micros, err := strconv.ParseInt(q.Get("after"), 10, 64); err == nil {
		query.After = &store.MailCursor{CreatedAt: time.UnixMicro(micros).UTC(), ID: q.Get("id")}
	}
	mails, err := c.Desk.Mails(c.Context(), c.actor(), query)
	if err != nil {
		return err
	}
	p := MailPage{State: q.Get("state"), OperatorID: query.OperatorID, MayTest: c.Identity.Can(desk.PermissionParametersManage)}
	p.Filtered = p.State+query.Kind+query.OperatorID != ""
	for _, kind := range mail.Kinds() {
		p.Kinds = append(p.Kinds, view.Option{Value: kind, Label: mailTitle(kind), Chosen: kind == query.Kind})
	}
	if query.OperatorID != "" {
		if o, err := c.Desk.FindOperator(c.Context(), c.actor(), query.OperatorID); err == nil {
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
	return c.Show(http.StatusOK, p)
}

// GetMail shows what became of a mail; its text and links are never shown.
func GetMail(c *Call) error { return c.showMail(http.StatusOK) }

func (c *Call) showMail(status int) error {
	m, err := c.Desk.Mail(c.Context(), c.actor(), c.id())
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
	if m.OperatorID != "" && c.Identity.Can(desk.PermissionOperatorsView) {
		o, err = c.Desk.Operator(c.Context(), c.actor(), m.OperatorID)
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
	return c.Show(status, p)
}

// notAgain says why a mail to somebody is not sent again; empty when it can be.
func (c *Call) notAgain(m store.Mail, again desk.Resend, o desk.Detail) string {
	switch {
	case again == desk.ResendSame:
		return ""
	case again == desk.ResendNot && m.State == store.MailQueued:
		return "It is on its way, and tried again by itself."
	case again == desk.ResendNot:
		return "Its text is not kept, so it cannot be sent again."
	case !c.Identity.Can(desk.PermissionOperatorsManage):
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

// PostMail sends a mail again.
func PostMail(c *Call) error {
	if c.Form.Get("action") != "resend" {
		return ErrUnknownAct
	}
	err := c.Desk.ResendMail(c.Context(), c.actor(), c.Visit, c.id())
	if errors.Is(err, desk.ErrElsewhere) {
		// The page says so.
		return c.showMail(http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return c.Redirect("/mail?done=resent")
}

// GetMailTest offers to send a test mail.
func GetMailTest(c *Call) error {
	return c.Show(http.StatusOK, MailTestPage{To: c.Identity.Operator.Email, MayList: c.Identity.Can(desk.PermissionMailView)})
}

// PostMailTest sends a test mail to who asks for it.
func PostMailTest(c *Call) error {
	if err := c.Desk.TestMail(c.Context(), c.actor(), c.Visit); err != nil {
		return err
	}
	if !c.Identity.Can(desk.PermissionMailView) {
		return c.Redirect("/parameters?done=test-queued")
	}
	return c.Redirect("/mail?done=test-sent")
}
