package pages

import (
	"time"

	"github.com/postern-go/postern/internal/view"
)

// TwoFactorPage lists the operator's authenticators.
type TwoFactorPage struct {
	Authenticators []Authenticator
	// CodesLeft counts unused recovery codes.
	CodesLeft int
	// Required says that the operator must have two-factor authentication.
	Required bool
	// MayRemove shows the buttons; false when the only one is required.
	MayRemove bool
}

// Authenticator is one of the operator's authenticator apps.
type Authenticator struct {
	Label string
	// Added and LastUsed are times; LastUsed is zero before the first use.
	Added, LastUsed time.Time
	// RemovePath is the page that asks before it removes this one.
	RemovePath string
}

func (TwoFactorPage) Template() string { return "two_factor" }

func (TwoFactorPage) states() []state {
	ago := func(d time.Duration) time.Time { return galleryTime.Add(-d) }
	phone := Authenticator{"Work phone", ago(90 * 24 * time.Hour), ago(20 * time.Minute), "/account/two-factor/a1/remove"}
	return []state{
		{"empty", TwoFactorPage{}},
		{"empty-required", TwoFactorPage{Required: true}},
		{"one-required", TwoFactorPage{Authenticators: []Authenticator{phone}, CodesLeft: 10, Required: true}},
		{"several", TwoFactorPage{
			Authenticators: []Authenticator{
				phone,
				{longName, ago(3 * 24 * time.Hour), time.Time{}, "/account/two-factor/a2/remove"},
				{hostile, ago(time.Hour), ago(time.Minute), "/account/two-factor/a3/remove"},
			},
			CodesLeft: 1, MayRemove: true,
		}},
	}
}

// TwoFactorAddPage adds an authenticator to an account that is signed in.
type TwoFactorAddPage struct {
	view.Form
	Enrolment
	// Label is what was typed.
	Label string
}

func (TwoFactorAddPage) Template() string { return "two_factor_add" }

func (TwoFactorAddPage) states() []state {
	return []state{
		{"empty", TwoFactorAddPage{Enrolment: galleryEnrolment()}},
		{"refused", TwoFactorAddPage{
			Form: view.Form{Errors: []view.FieldError{
				{Field: "code", Text: "This code does not match the picture below. Scan it again, and let your phone set its clock by itself."},
				{Field: "label", Text: "Use at most 64 characters."},
			}},
			Enrolment: galleryEnrolment(), Label: longName,
		}},
	}
}

// TwoFactorRemovePage asks before an authenticator is removed.
type TwoFactorRemovePage struct {
	view.Form
	// Label is the authenticator, Path where the form is posted: its own page.
	Label, Path string
	// Last says that no other one is left.
	Last bool
}

func (TwoFactorRemovePage) Template() string { return "two_factor_remove" }

func (TwoFactorRemovePage) states() []state {
	return []state{
		{"last", TwoFactorRemovePage{Label: "Work phone", Path: "/account/two-factor/a1/remove", Last: true}},
		{"other", TwoFactorRemovePage{Label: longName, Path: "/account/two-factor/a2/remove"}},
		{"refused", TwoFactorRemovePage{
			Form:  view.Form{Errors: []view.FieldError{{Field: "", Text: "This office requires two-factor authentication. Add another authenticator app first."}}},
			Label: "Work phone", Path: "/account/two-factor/a1/remove", Last: true,
		}},
	}
}
