package pages

import (
	"time"

	"github.com/postern-go/postern/internal/pages/samples"
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

func sampleMails() []MailRow {
	return []MailRow{
		{"Invitation", "grace@community.example", "/mail/m1", "Sent", view.LevelSuccess, "250 2.0.0 Ok: queued as 4F2", samples.Ago(4 * time.Minute), true},
		{"Reset link", "grace@community.example", "/mail/m2", "Queued", view.LevelInfo, "451 4.7.1 Greylisted, try again later", samples.Ago(9 * time.Minute), false},
		{"New device", samples.LongEmail, "/mail/m3", "Failed", view.LevelDanger, "550 5.1.1 <" + samples.LongEmail + ">: Recipient address rejected: User unknown in virtual mailbox table", samples.Ago(3 * time.Hour), false},
		{"Invitation", samples.Hostile, samples.Hostile, "Cancelled", "", samples.Hostile, samples.Ago(50 * 24 * time.Hour), false},
		{"Access given", "mary@community.example", "/mail/m5", "Sent", view.LevelSuccess, "", samples.Ago(51 * 24 * time.Hour), true},
	}
}

func (MailPage) states() []samples.State {
	kinds := []view.Option{{Value: "invitation", Label: "Invitation"}, {Value: "reset", Label: "Reset link", Chosen: true}}
	return []samples.State{
		{Name: "filled", Page: MailPage{Mails: sampleMails(), Kinds: kinds[:1], MayTest: true, Pager: Pager{Next: "/mail?after=m4"}}},
		{Name: "filtered", Page: MailPage{Mails: sampleMails()[2:3], State: "failed", Kinds: kinds, Operator: "Grace Hopper", OperatorID: "3", Filtered: true, Pager: Pager{First: "/mail"}}},
		{Name: "none", Page: MailPage{State: "failed", Filtered: true}},
		{Name: "empty", Page: MailPage{MayTest: true}},
	}
}

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

func (MailMessagePage) states() []samples.State {
	base := MailMessagePage{Kind: "Reset link", To: "grace@community.example", Subject: "Sunday Cyclists: choose a new password", Path: "/mail/m2", Operator: "Grace Hopper", OperatorPath: "/operators/3", Created: samples.Ago(9 * time.Minute)}
	sent, queued, failed, over, renewed := base, base, base, base, base
	sent.State, sent.Level, sent.Attempts, sent.Sent, sent.Reply = "Sent", view.LevelSuccess, 1, samples.Ago(8*time.Minute), "250 2.0.0 Ok: queued as 4F2A9"
	sent.Refusal = "Its text is not kept, so it cannot be sent again."
	renewed.State, renewed.Level, renewed.Attempts, renewed.Sent, renewed.Reply, renewed.MayResend, renewed.NewLink = sent.State, sent.Level, 1, sent.Sent, sent.Reply, true, true
	queued.State, queued.Level, queued.Attempts, queued.Next, queued.Reply, queued.Expires = "Queued", view.LevelInfo, 2, samples.In(4*time.Minute), "451 4.7.1 Greylisted, try again later", samples.In(21*time.Minute)
	queued.Refusal = "It is on its way and is tried again by itself."
	failed.State, failed.Level, failed.Attempts, failed.Reply, failed.Expires, failed.MayResend = "Failed", view.LevelDanger, 1, sampleMails()[2].Reply, samples.In(21*time.Minute), true
	over.State, over.To, over.Operator, over.OperatorPath, over.Subject, over.Reply = "Cancelled", samples.Hostile, "", "", samples.Hostile, ""
	over.Refusal = "The link in it has ended."
	return []samples.State{{Name: "sent", Page: sent}, {Name: "queued", Page: queued}, {Name: "failed", Page: failed}, {Name: "cancelled", Page: over}, {Name: "renewed", Page: renewed}}
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

func (MailTestPage) states() []samples.State {
	return []samples.State{{Name: "empty", Page: MailTestPage{To: "ada@community.example", MayList: true}}, {Name: "long", Page: MailTestPage{To: samples.LongEmail}}}
}
