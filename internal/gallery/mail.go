package gallery

import (
	"net/url"
	"time"

	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func sampleMails() []pages.MailRow {
	return []pages.MailRow{
		{Kind: "Invitation", To: "grace@community.example", Path: "/mail/m1", State: "Sent", Level: view.LevelSuccess, Reply: "250 2.0.0 Ok: queued as 4F2", Created: ago(4 * time.Minute), Sent: ago(3 * time.Minute)},
		{Kind: "Password reset link", To: "grace@community.example", Path: "/mail/m2", State: "Queued", Level: view.LevelInfo, Reply: "451 4.7.1 Greylisted, try again later", Created: ago(9 * time.Minute)},
		{Kind: "Sign-in from a new device", To: longEmail, Path: "/mail/m3", State: "Failed", Level: view.LevelDanger, Reply: "550 5.1.1 <" + longEmail + ">: Recipient address rejected: User unknown in virtual mailbox table", Created: ago(3 * time.Hour)},
		{Kind: "Invitation", To: hostile, Path: hostile, State: "Cancelled", Level: "", Reply: hostile, Created: ago(50 * 24 * time.Hour)},
		{Kind: "Access given", To: "mary@community.example", Path: "/mail/m5", State: "Sent", Level: view.LevelSuccess, Created: ago(51 * 24 * time.Hour), Sent: ago(51 * 24 * time.Hour)},
	}
}

func mailPage() []state {
	kinds := []view.Option{{Value: "invitation", Label: "Invitation"}, {Value: "password-reset", Label: "Password reset link", Chosen: true}}
	return []state{
		{Name: "filled", Page: pages.MailPage{Mails: sampleMails(), Kinds: kinds[:1], MayTest: true, Pager: pages.Pager{Next: "/mail?after=m4"}}},
		{Name: "filtered", Page: pages.MailPage{Mails: sampleMails()[2:3], Filters: url.Values{"q": {"hopper"}, "state": {"failed"}, "operator": {"3"}, "kind": {"password-reset"}}, Kinds: kinds, Operator: "Grace Hopper", Pager: pages.Pager{First: "/mail"}}},
		{Name: "none", Page: pages.MailPage{Filters: url.Values{"state": {"failed"}}}},
		{Name: "empty", Page: pages.MailPage{MayTest: true}},
	}
}

func mailMessagePage() []state {
	base := pages.MailMessagePage{MailRow: sampleMails()[1], Subject: "Sunday Cyclists: choose a new password", Operator: "Grace Hopper", OperatorPath: "/operators/3", Attempts: 1}
	as := func(s pages.MailRow) pages.MailMessagePage {
		p := base
		p.State, p.Level, p.Sent, p.Reply = s.State, s.Level, s.Sent, s.Reply
		return p
	}
	samples := sampleMails()
	sent, queued, failed, over := as(samples[0]), as(samples[1]), as(samples[2]), as(samples[3])
	renewed := sent
	renewed.NewLink = true
	sent.Refusal = "Its text is not kept, so it cannot be resent."
	queued.Attempts, queued.Next, queued.Expires = 2, in(4*time.Minute), in(21*time.Minute)
	queued.Refusal = "It is on its way and is retried automatically."
	failed.Expires = in(21 * time.Minute)
	over.To, over.Operator, over.OperatorPath, over.Subject, over.Reply, over.Attempts = hostile, "", "", hostile, "", 0
	over.Refusal = "Its link is no longer needed."
	return []state{{Name: "sent", Page: sent}, {Name: "queued", Page: queued}, {Name: "failed", Page: failed}, {Name: "cancelled", Page: over}, {Name: "renewed", Page: renewed}}
}

func mailTestPage() []state {
	return []state{{Name: "empty", Page: pages.MailTestPage{To: "ada@community.example", MayList: true}}, {Name: "long", Page: pages.MailTestPage{To: longEmail}}}
}
