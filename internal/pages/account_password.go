package pages

import "github.com/postern-go/postern/internal/view"

// AccountPasswordPage changes the operator's own password.
type AccountPasswordPage struct {
	view.Form
	Rules view.PasswordRules
	// SSO says that the password works only here.
	SSO bool
	// Forced says that nothing else is open before it is changed.
	Forced bool
}

func (AccountPasswordPage) Template() string { return "account_password" }

func (AccountPasswordPage) states() []state {
	return []state{
		{"empty", AccountPasswordPage{Rules: galleryRules, SSO: true}},
		{"forced", AccountPasswordPage{Rules: galleryRules, Forced: true}},
		{"refused", AccountPasswordPage{
			Form: view.Form{Errors: append([]view.FieldError{
				{Field: "current_password", Text: "This is not your current password. Type it again, or sign out and choose “Forgot your password?”."},
			}, galleryPasswordErrors...)},
			Rules: galleryManyRules,
		}},
	}
}
