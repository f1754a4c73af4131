package gallery

import "github.com/postern-go/postern/internal/pages"

func loginPage() []state {
	return []state{
		{"empty", pages.LoginPage{}},
		{"refused", pages.LoginPage{
			Form:  refused("login", "Wrong name or password. Check both, or choose “Forgot your password?”."),
			Login: "ada@community.example", Next: "/analytics?week=11",
		}},
		{"missing", pages.LoginPage{Form: refused("login", "Enter your name or email address.").Refuse("password", "Enter your password.")}},
		{"sso", pages.LoginPage{SSO: "Contoso Sign-In"}},
		{"hostile", pages.LoginPage{Form: refused("login", hostile), Login: hostile, Next: hostile, SSO: hostile}},
	}
}
