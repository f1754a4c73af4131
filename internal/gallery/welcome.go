package gallery

import "github.com/postern-go/postern/internal/pages"

func welcomePage() []state {
	return []state{
		{"empty", pages.WelcomePage{Rules: rules}},
		{"refused", pages.WelcomePage{Form: badPasswords, Token: "d2VsY29tZQ", Rules: rules, SSO: true}},
	}
}
