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

func (LoginPage) states() []state {
	return []state{
		{"empty", LoginPage{}},
		{"refused", LoginPage{
			Form: view.Form{Errors: []view.FieldError{
				{Text: "This name and password do not go together. Check both, or choose “Forgot your password?”."},
			}},
			Login: "ada@community.example", Next: "/analytics?week=11",
		}},
		{"missing", LoginPage{Form: view.Form{Errors: []view.FieldError{
			{Field: "login", Text: "Type your name or e-mail."}, {Field: "password", Text: "Type your password."},
		}}}},
		{"sso", LoginPage{SSO: "Contoso Sign-In"}},
		{"hostile", LoginPage{Form: view.Form{Errors: []view.FieldError{{Field: "login", Text: hostile}}}, Login: hostile, Next: hostile, SSO: hostile}},
	}
}
