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
