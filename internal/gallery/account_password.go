package gallery

import "github.com/postern-go/postern/internal/pages"

func accountPasswordPage() []state {
	return []state{
		{"empty", pages.AccountPasswordPage{Rules: rules, SSO: true}},
		{"forced", pages.AccountPasswordPage{Rules: rules, Forced: true}},
		{"refused", pages.AccountPasswordPage{Form: badPasswords, Rules: manyRules}},
		{"wrong", pages.AccountPasswordPage{Form: refused("current_password", "This is not your current password."), Rules: rules}},
	}
}
