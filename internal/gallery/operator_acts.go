package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func operatorInvitationPage() []state {
	return []state{{Name: "plain", Page: pages.OperatorInvitationPage{Person: pages.Person{Name: arabicName, Email: "sara@community.example", Path: "/operators/2"}, Invitation: pages.Invitation{Sent: ago(time.Hour), Expires: in(6 * 24 * time.Hour)}}}}
}

func operatorSessionsPage() []state {
	return []state{
		{Name: "none", Page: pages.OperatorSessionsPage{Person: sampleGrace}},
		{Name: "several", Page: pages.OperatorSessionsPage{Person: sampleGrace, Sessions: []pages.Session{
			{ID: "s1", Device: "Firefox on Linux", Address: "203.0.113.7", Since: ago(2 * time.Hour), LastSeen: ago(time.Minute)},
			{ID: "s2", Device: "Safari on iPhone", Address: "2001:db8:85a3:8d3:1319:8a2e:370:7348", Since: ago(26 * time.Hour), LastSeen: ago(9 * time.Minute)},
		}}},
	}
}

func operatorLinkPage() []state {
	return []state{
		{Name: "plain", Page: pages.OperatorLinkPage{Person: sampleGrace, Life: 30 * time.Minute}},
		{Name: "member", Page: pages.OperatorLinkPage{Person: sampleGrace, Life: 30 * time.Minute, Member: true}},
	}
}

const sampleLink = "https://community.example/k7w3/reset#xq5Qm0sNw1B7u9tWq3RkZ2dVhJ6yP8fLcT4aEoIgKjM"

func operatorLinkShownPage() []state {
	return []state{
		{Name: "plain", Page: pages.OperatorLinkShownPage{Person: sampleGrace, Link: sampleLink, Expires: in(30 * time.Minute)}},
		{Name: "invitation", Page: pages.OperatorLinkShownPage{Person: pages.Person{Name: longName, Email: longEmail, Path: "/operators/4"}, Link: sampleLink, Expires: in(7 * 24 * time.Hour), Invitation: true}},
	}
}

func operatorPasswordPage() []state {
	return []state{{Name: "plain", Page: pages.OperatorPasswordPage{Person: sampleGrace, Sessions: 2}}}
}

func operatorPasswordShownPage() []state {
	return []state{{Name: "plain", Page: pages.OperatorPasswordShownPage{Person: sampleGrace, Password: "mT4x-9kWq-Lz7c-Rb2h", Expires: in(24 * time.Hour)}}}
}

func operatorTwoFactorPage() []state {
	return []state{
		{Name: "required", Page: pages.OperatorTwoFactorPage{Person: sampleGrace, Required: true}},
		{Name: "refused", Page: pages.OperatorTwoFactorPage{
			Form: view.Form{Errors: []view.FieldError{{Field: "reason", Text: "Say why, so that others can see later that it was right."}}}, Person: sampleGrace,
		}},
	}
}

func operatorDisablePage() []state {
	return []state{
		{Name: "plain", Page: pages.OperatorDisablePage{Person: sampleGrace, Sessions: 2}},
		{Name: "refused", Page: pages.OperatorDisablePage{
			Form: view.Form{Errors: []view.FieldError{{Text: "Grace is the last active super-administrator. Make somebody else one first."}}}, Person: sampleGrace, Reason: "Left the company.",
		}},
	}
}

func operatorEnablePage() []state {
	return []state{{Name: "plain", Page: pages.OperatorEnablePage{Person: sampleGrace, Roles: []string{"Moderator", "Press"}}}}
}

func operatorDeletePage() []state {
	return []state{
		{Name: "member", Page: pages.OperatorDeletePage{Person: sampleGrace, Member: "grace_h", MayDisable: true}},
		{Name: "hostile", Page: pages.OperatorDeletePage{
			Form:   view.Form{Errors: []view.FieldError{{Field: "reason", Text: "Use at most 500 characters."}}},
			Person: pages.Person{Name: hostile, Email: hostile, Path: hostile}, Reason: hostile, AuditKeep: 730 * 24 * time.Hour,
		}},
	}
}
