package pages

import "github.com/postern-go/postern/internal/view"

// SetupPage makes the first operator. The token arrives in the address after
// "#"; without script it is pasted.
type SetupPage struct {
	view.Form
	// Token, Email and Name are what was typed. A token without an error is
	// kept in a hidden input.
	Token, Email, Name string
	// Rules are shown below the password.
	Rules view.PasswordRules
}

func (SetupPage) Template() string { return "setup" }
