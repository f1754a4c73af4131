package pages

import "github.com/postern-go/postern/internal/pages/view"

// NewPasswordPage asks for a new password inside sign-in, when the present one
// may not be used any longer.
type NewPasswordPage struct {
	view.Form
	// Reason is a sentence or two on why.
	Reason string
	Rules  view.PasswordRules
}

func (NewPasswordPage) Template() string { return "new_password" }

func (NewPasswordPage) states() []state {
	return []state{
		{"temporary", NewPasswordPage{Reason: "The one you used was made for you and works only this once.", Rules: galleryRules}},
		{"leaked", NewPasswordPage{
			Form:   view.Form{Errors: []view.FieldError{{Field: "password", Text: "This is the password you had. Choose another one."}}},
			Reason: "The one you used is known from a leak elsewhere, so others may have it.", Rules: galleryManyRules,
		}},
	}
}
