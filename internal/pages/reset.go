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

func (ResetPage) states() []state {
	return []state{
		{"empty", ResetPage{Rules: galleryRules}},
		{"refused", ResetPage{Form: view.Form{Errors: galleryPasswordErrors}, Token: "cmVzZXQ", Rules: galleryRules, SSO: true}},
		{"code", ResetPage{
			Form:  view.Form{Errors: []view.FieldError{{Field: "code", Text: "Type the code that your authenticator app shows now."}}},
			Token: "cmVzZXQ", Rules: galleryRules, AskCode: true,
		}},
	}
}

// ResetDonePage says that the password is changed, and to sign in with it.
type ResetDonePage struct {
	// TwoFactor says that a code will be asked for.
	TwoFactor bool
}

func (ResetDonePage) Template() string { return "reset_done" }

func (ResetDonePage) states() []state {
	return []state{{"plain", ResetDonePage{}}, {"two-factor", ResetDonePage{TwoFactor: true}}}
}

// LinkPage answers a link that is expired, used or unknown: one page for all,
// so that it tells nothing about which.
type LinkPage struct{}

func (LinkPage) Template() string { return "link" }
func (LinkPage) states() []state  { return one(LinkPage{}) }
