package pages

import (
	"time"

	"github.com/postern-go/postern/internal/view"
)

// MailPage lists the mails of the office.
type MailPage struct {
	view.Form
	Pager
	Mails []MailRow
	// State is what was chosen; Kinds are the letters to choose from.
	State string
	Kinds []view.Option
	// Operator is the name whose mails are asked for, or empty; OperatorID is
	// sent again.
	Operator, OperatorID string
	Filtered             bool
	// MayTest shows the button.
	MayTest bool
}

// MailRow is one mail of a list; never its text.
type MailRow struct {
	// Kind is in words: "Invitation".
	Kind, To, Path string
	// State is a word, and Level its colour.
	State string
	Level view.Level
	// Reply is the mail server's last answer, Created when the mail was
	// written.
	Reply   string
	Created time.Time
	// Sent says that the mail server has taken it.
	Sent bool
}

func (MailPage) Template() string { return "mail" }

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

// MailTestPage asks before a test message is sent to the reader. It goes through
// the queue, so that the list shows what becomes of it.
type MailTestPage struct {
	view.Form
	// To is the reader's own address.
	To string
	// MayList says that the reader may see the list of mails.
	MayList bool
}

func (MailTestPage) Template() string { return "mail_test" }

func (p MailTestPage) crumbs() []view.Crumb {
	top := view.Crumb{Label: "Parameters", Path: "/parameters"}
	if p.MayList {
		top = view.Crumb{Label: "Mail", Path: "/mail"}
	}
	return []view.Crumb{top, {Label: "Test message"}}
}
