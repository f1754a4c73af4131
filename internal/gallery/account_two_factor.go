package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
)

func twoFactorPage() []state {
	with := func(a desk.Authenticators) pages.TwoFactorPage { return pages.TwoFactorPage{Authenticators: a} }
	return []state{
		{"empty", pages.TwoFactorPage{}},
		{"empty-required", with(desk.Authenticators{Required: true})},
		{"one-required", with(desk.Authenticators{Apps: []desk.Authenticator{phone}, RecoveryCodes: 10, Required: true})},
		{"several", with(desk.Authenticators{
			Apps: []desk.Authenticator{
				phone,
				{ID: "a2", Label: longName, Added: ago(3 * 24 * time.Hour)},
				{ID: "a3", Label: hostile, Added: ago(time.Hour), LastUsed: ago(time.Minute)},
			},
			RecoveryCodes: 1,
		})},
	}
}

func twoFactorAddPage() []state {
	return []state{
		{"empty", pages.TwoFactorAddPage{Enrolment: enrolment()}},
		{"refused", pages.TwoFactorAddPage{Form: refused("label", "Use at most 64 characters."), Enrolment: enrolment(), Label: longName}},
		{"wrong", pages.TwoFactorAddPage{Form: wrongFirstCode, Enrolment: enrolment()}},
	}
}

func twoFactorRemovePage() []state {
	return []state{
		{"last", pages.TwoFactorRemovePage{Authenticator: phone, Last: true}},
		{"other", pages.TwoFactorRemovePage{Authenticator: desk.Authenticator{ID: "a2", Label: longName}}},
		{"refused", pages.TwoFactorRemovePage{
			Form:          refused("", "This office requires two-factor authentication. Add another authenticator app first."),
			Authenticator: phone, Last: true,
		}},
	}
}
