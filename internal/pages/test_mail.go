package pages

import (
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

var (
	testMailSent   = mailed("test-sent")
	testMailQueued = mailed("test-queued")
)

// MailTestPage asks before a test email is sent to the reader. The email goes
// through the queue, so the list shows what becomes of it.
type MailTestPage struct {
	// To is the reader's email address.
	To string
	// MayList means that the reader may open the list of emails.
	MayList bool
}

func (MailTestPage) Template() string { return "test_mail" }

func (p MailTestPage) crumbs(in *messages.Language) []view.Crumb {
	top := view.Crumb{Label: in.Text("common.parameters"), Path: "/parameters"}
	if p.MayList {
		top = view.Crumb{Label: in.Text("common.mail"), Path: "/mail"}
	}
	return []view.Crumb{top, {Label: in.Text("mails.test.crumb")}}
}

func (c *call) getMailTest() error {
	return c.show(http.StatusOK, MailTestPage{To: c.identity.Operator.Email, MayList: c.identity.Can(desk.PermissionMailView)})
}

func (c *call) postMailTest() error {
	if err := c.Desk.TestMail(c.ctx(), c.actor(), c.visit); err != nil {
		return err
	}
	if !c.identity.Can(desk.PermissionMailView) {
		return c.redirect(testMailQueued.at("/parameters"))
	}
	return c.redirect(testMailSent.at("/mail"))
}
