package gallery

import "github.com/postern-go/postern/internal/pages"

func resetPage() []state {
	const needed = "This account has two-factor authentication. Enter the code that your authenticator app shows now, or a recovery code, and the new password once more."
	return []state{
		{"empty", pages.ResetPage{Rules: rules}},
		{"refused", pages.ResetPage{Form: badPasswords, Token: "cmVzZXQ", Rules: rules, SSO: true}},
		{"code", pages.ResetPage{Form: refused("code", needed), Token: "cmVzZXQ", Rules: rules, AskCode: true}},
		{"wrong-code", pages.ResetPage{Form: refused("code", wrongCode), Token: "cmVzZXQ", Rules: rules, AskCode: true}},
	}
}

func linkPage() []state { return one(pages.LinkPage{}) }
