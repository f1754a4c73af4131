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

// TwoFactorAddPage adds an authenticator to an account that is signed in.
type TwoFactorAddPage struct {
	view.Form
	Enrolment
	// Label is what was typed.
	Label string
}

func (TwoFactorAddPage) Template() string { return "two_factor_add" }

// TwoFactorRemovePage asks before an authenticator is removed.
type TwoFactorRemovePage struct {
	view.Form
	// Label is the authenticator, Path where the form is posted: its own page.
	Label, Path string
	// Last says that no other one is left.
	Last bool
}

func (TwoFactorRemovePage) Template() string { return "two_factor_remove" }
