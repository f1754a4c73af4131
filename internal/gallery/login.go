package gallery

import (
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func loginPage() []state {
	return []state{
		{"empty", pages.LoginPage{}},
		{"refused", pages.LoginPage{
			Form: view.Form{Errors: []view.FieldError{
				{Text: "This name and password do not go together. Check both, or choose “Forgot your password?”."},
			}},
			Login: "ada@community.example", Next: "/analytics?week=11",
		}},
		{"missing", pages.LoginPage{Form: view.Form{Errors: []view.FieldError{
			{Field: "login", Text: "Type your name or e-mail."}, {Field: "password", Text: "Type your password."},
		}}}},
		{"sso", pages.LoginPage{SSO: "Contoso Sign-In"}},
		{"hostile", pages.LoginPage{Form: view.Form{Errors: []view.FieldError{{Field: "login", Text: hostile}}}, Login: hostile, Next: hostile, SSO: hostile}},
	}
}
