package pages

import "github.com/postern-go/postern/internal/view"

// RecoveryPage asks for a recovery code in place of the authenticator app.
type RecoveryPage struct{ view.Form }

func (RecoveryPage) Template() string { return "recovery" }

func (RecoveryPage) states() []state {
	return []state{
		{"empty", RecoveryPage{}},
		{"refused", RecoveryPage{view.Form{Errors: []view.FieldError{
			{Field: "code", Text: "This is not one of your unused codes. Check it, or use another one."},
		}}}},
	}
}

// LostPhonePage says how to get in without the authenticator app.
type LostPhonePage struct{}

func (LostPhonePage) Template() string { return "lost_phone" }
func (LostPhonePage) states() []state  { return one(LostPhonePage{}) }
