package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func twoFactorPage() []state {
	ago := func(d time.Duration) time.Time { return Time.Add(-d) }
	phone := pages.Authenticator{Label: "Work phone", Added: ago(90 * 24 * time.Hour), LastUsed: ago(20 * time.Minute), RemovePath: "/account/two-factor/a1/remove"}
	return []state{
		{"empty", pages.TwoFactorPage{}},
		{"empty-required", pages.TwoFactorPage{Required: true}},
		{"one-required", pages.TwoFactorPage{Authenticators: []pages.Authenticator{phone}, CodesLeft: 10, Required: true}},
		{"several", pages.TwoFactorPage{
			Authenticators: []pages.Authenticator{
				phone,
				{Label: longName, Added: ago(3 * 24 * time.Hour), LastUsed: time.Time{}, RemovePath: "/account/two-factor/a2/remove"},
				{Label: hostile, Added: ago(time.Hour), LastUsed: ago(time.Minute), RemovePath: "/account/two-factor/a3/remove"},
			},
			CodesLeft: 1, MayRemove: true,
		}},
	}
}

func twoFactorAddPage() []state {
	return []state{
		{"empty", pages.TwoFactorAddPage{Enrolment: enrolment()}},
		{"refused", pages.TwoFactorAddPage{
			Form: view.Form{Errors: []view.FieldError{
				{Field: "code", Text: "This code does not match the picture below. Scan it again, and let your phone set its clock by itself."},
				{Field: "label", Text: "Use at most 64 characters."},
			}},
			Enrolment: enrolment(), Label: longName,
		}},
	}
}

func twoFactorRemovePage() []state {
	return []state{
		{"last", pages.TwoFactorRemovePage{Label: "Work phone", Path: "/account/two-factor/a1/remove", Last: true}},
		{"other", pages.TwoFactorRemovePage{Label: longName, Path: "/account/two-factor/a2/remove"}},
		{"refused", pages.TwoFactorRemovePage{
			Form:  view.Form{Errors: []view.FieldError{{Field: "", Text: "This office requires two-factor authentication. Add another authenticator app first."}}},
			Label: "Work phone", Path: "/account/two-factor/a1/remove", Last: true,
		}},
	}
}
