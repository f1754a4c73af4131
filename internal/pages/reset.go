package pages

import "github.com/postern-go/postern/internal/view"

// ResetPage sets a new password with a link from a mail. The token arrives in
// the address after "#"; without script it is pasted.
type ResetPage struct {
	view.Form
	// Token is what was sent. Without an error it is kept in a hidden input.
	Token string
	Rules view.PasswordRules
	// AskCode asks for a code too, when the account has a second factor.
	AskCode bool
	// SSO says that the password works only here.
	SSO bool
}

func (ResetPage) Template() string { return "reset" }

// ResetDonePage says that the password is changed, and to sign in with it.
type ResetDonePage struct {
	// TwoFactor says that a code will be asked for.
	TwoFactor bool
}

func (ResetDonePage) Template() string { return "reset_done" }

// LinkPage answers a link that is expired, used or unknown: one page for all,
// so that it tells nothing about which.
type LinkPage struct{}

func (LinkPage) Template() string { return "link" }
