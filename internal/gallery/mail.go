package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func sampleMails() []pages.MailRow {
	return []pages.MailRow{
		{Kind: "Invitation", To: "grace@community.example", Path: "/mail/m1", State: "Sent", Level: view.LevelSuccess, Reply: "250 2.0.0 Ok: queued as 4F2", Created: ago(4 * time.Minute), Sent: true},
		{Kind: "Reset link", To: "grace@community.example", Path: "/mail/m2", State: "Queued", Level: view.LevelInfo, Reply: "451 4.7.1 Greylisted, try again later", Created: ago(9 * time.Minute), Sent: false},
		{Kind: "New device", To: longEmail, Path: "/mail/m3", State: "Failed", Level: view.LevelDanger, Reply: "550 5.1.1 <" + longEmail + ">: Recipient address rejected: User unknown in virtual mailbox table", Created: ago(3 * time.Hour), Sent: false},
		{Kind: "Invitation", To: hostile, Path: hostile, State: "Cancelled", Level: "", Reply: hostile, Created: ago(50 * 24 * time.Hour), Sent: false},
		{Kind: "Access given", To: "mary@community.example", Path: "/mail/m5", State: "Sent", Level: view.LevelSuccess, Reply: "", Created: ago(51 * 24 * time.Hour), Sent: true},
	}
}

func mailPage() []state {
	kinds := []view.Option{{Value: "invitation", Label: "Invitation"}, {Value: "reset", Label: "Reset link", Chosen: true}}
	return []state{
		{Name: "filled", Page: pages.MailPage{Mails: sampleMails(), Kinds: kinds[:1], MayTest: true, Pager: pages.Pager{Next: "/mail?after=m4"}}},
		{Name: "filtered", Page: pages.MailPage{Mails: sampleMails()[2:3], Search: "hopper", State: "failed", Kinds: kinds, Operator: "Grace Hopper", OperatorID: "3", Filtered: true, Pager: pages.Pager{First: "/mail"}}},
		{Name: "none", Page: pages.MailPage{State: "failed", Filtered: true}},
		{Name: "empty", Page: pages.MailPage{MayTest: true}},
	}
}

func mailMessagePage() []state {
	base := pages.MailMessagePage{Kind: "Reset link", To: "grace@community.example", Subject: "Sunday Cyclists: choose a new password", Path: "/mail/m2", Operator: "Grace Hopper", OperatorPath: "/operators/3", Created: ago(9 * time.Minute)}
	sent, queued, failed, over, renewed := base, base, base, base, base
	sent.State, sent.Level, sent.Attempts, sent.Sent, sent.Reply = "Sent", view.LevelSuccess, 1, ago(8*time.Minute), "250 2.0.0 Ok: queued as 4F2A9"
	sent.Refusal = "Its text is not kept, so it cannot be sent again."
	renewed.State, renewed.Level, renewed.Attempts, renewed.Sent, renewed.Reply, renewed.MayResend, renewed.NewLink = sent.State, sent.Level, 1, sent.Sent, sent.Reply, true, true
	queued.State, queued.Level, queued.Attempts, queued.Next, queued.Reply, queued.Expires = "Queued", view.LevelInfo, 2, in(4*time.Minute), "451 4.7.1 Greylisted, try again later", in(21*time.Minute)
	queued.Refusal = "It is on its way and is tried again by itself."
	failed.State, failed.Level, failed.Attempts, failed.Reply, failed.Expires, failed.MayResend = "Failed", view.LevelDanger, 1, sampleMails()[2].Reply, in(21*time.Minute), true
	over.State, over.To, over.Operator, over.OperatorPath, over.Subject, over.Reply = "Cancelled", hostile, "", "", hostile, ""
	over.Refusal = "The link in it has ended."
	return []state{{Name: "sent", Page: sent}, {Name: "queued", Page: queued}, {Name: "failed", Page: failed}, {Name: "cancelled", Page: over}, {Name: "renewed", Page: renewed}}
}

func mailTestPage() []state {
	return []state{{Name: "empty", Page: pages.MailTestPage{To: "ada@community.example", MayList: true}}, {Name: "long", Page: pages.MailTestPage{To: longEmail}}}
}
