package pages

import "github.com/postern-go/postern/internal/view"

// WelcomePage sets the first password with the link of an invitation. Whose it
// is cannot be known before the form is sent, so it speaks to anyone. The
// token arrives in the address after "#"; without script it is pasted.
type WelcomePage struct {
	view.Form
	// Token is what was sent. Without an error it is kept in a hidden input.
	Token string
	Rules view.PasswordRules
	// SSO says that the password works only here.
	SSO bool
}

func (WelcomePage) Template() string { return "welcome" }

// WelcomeDonePage says that the account is ready, and where the office is.
type WelcomeDonePage struct{}

func (WelcomeDonePage) Template() string { return "welcome_done" }
