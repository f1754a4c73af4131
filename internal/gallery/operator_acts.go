package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

func operatorInvitationPage() []state {
	return []state{{Name: "plain", Page: pages.OperatorInvitationPage{OperatorDetail: sara()}}}
}

var liveSessions = []desk.Session{
	{ID: "s1", Device: "Firefox on Linux", IP: "203.0.113.7", Since: ago(2 * time.Hour), LastSeen: ago(time.Minute)},
	{ID: "s2", Device: "Safari on iPhone", IP: "2001:db8:85a3:8d3:1319:8a2e:370:7348", Since: ago(26 * time.Hour), LastSeen: ago(9 * time.Minute)},
}

func operatorSessionsPage() []state {
	return []state{
		{Name: "none", Page: pages.OperatorSessionsPage{OperatorDetail: wolf()}},
		{Name: "several", Page: pages.OperatorSessionsPage{OperatorDetail: grace()}},
	}
}

func operatorLinkPage() []state {
	return []state{{Name: "plain", Page: pages.OperatorLinkPage{OperatorDetail: grace(), Life: 30 * time.Minute}}}
}

const sampleLink = "https://community.example/k7w3/reset#xq5Qm0sNw1B7u9tWq3RkZ2dVhJ6yP8fLcT4aEoIgKjM"

func operatorLinkShownPage() []state {
	return []state{
		{Name: "plain", Page: pages.OperatorLinkShownPage{OperatorDetail: grace(), Link: sampleLink, Expires: in(30 * time.Minute)}},
		{Name: "invitation", Page: pages.OperatorLinkShownPage{OperatorDetail: sara(), Link: sampleLink, Expires: in(7 * 24 * time.Hour)}},
	}
}

func operatorPasswordPage() []state {
	return []state{{Name: "plain", Page: pages.OperatorPasswordPage{OperatorDetail: grace()}}}
}

func operatorPasswordShownPage() []state {
	return []state{{Name: "plain", Page: pages.OperatorPasswordShownPage{OperatorDetail: grace(), Password: "mt4x-9kwq-lz7c-rb2h", Expires: in(24 * time.Hour)}}}
}

func operatorTwoFactorPage() []state {
	optional := grace()
	optional.MustHaveTwoFactor = false
	return []state{
		{Name: "required", Page: pages.OperatorTwoFactorPage{OperatorDetail: grace()}},
		{Name: "refused", Page: pages.OperatorTwoFactorPage{
			Form: view.Form{}.Refuse("reason", "Say why. It is kept in the audit log."), OperatorDetail: optional,
		}},
	}
}

func operatorDisablePage() []state {
	return []state{
		{Name: "plain", Page: pages.OperatorDisablePage{OperatorDetail: grace()}},
		{Name: "refused", Page: pages.OperatorDisablePage{
			Form: view.Form{}.Refuse("", lastSuperAdministrator), OperatorDetail: grace(), Reason: "Left the company.",
		}},
	}
}

func operatorEnablePage() []state {
	return []state{{Name: "plain", Page: pages.OperatorEnablePage{OperatorDetail: grace()}}}
}

func operatorDeletePage() []state {
	evil := desk.OperatorDetail{Operator: anOperator(hostile, hostile, hostile, store.OperatorDisabled, store.ShowDisabled)}
	return []state{
		{Name: "member", Page: pages.OperatorDeletePage{OperatorDetail: grace()}},
		{Name: "hostile", Page: pages.OperatorDeletePage{
			Form: view.Form{}.Refuse("", lastSuperAdministrator), OperatorDetail: evil, Reason: hostile, AuditKeep: 730 * 24 * time.Hour,
		}},
	}
}
