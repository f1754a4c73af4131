package pages

import "github.com/postern-go/postern/internal/view"

// LoginPage asks for name or e-mail and password.
type LoginPage struct {
	view.Form
	// Login is what was typed. Next is the path inside the office to go to
	// afterwards, checked by the handler before and after.
	Login, Next string
	// SSO names the community's sign-in when members have no password here;
	// empty leaves the line out.
	SSO string
}

func (LoginPage) Template() string { return "login" }
