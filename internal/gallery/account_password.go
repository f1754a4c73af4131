package gallery

import (
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func accountPasswordPage() []state {
	return []state{
		{"empty", pages.AccountPasswordPage{Rules: rules, SSO: true}},
		{"forced", pages.AccountPasswordPage{Rules: rules, Forced: true}},
		{"refused", pages.AccountPasswordPage{
			Form: view.Form{Errors: append([]view.FieldError{
				{Field: "current_password", Text: "This is not your current password. Type it again, or sign out and choose “Forgot your password?”."},
			}, passwordErrors...)},
			Rules: manyRules,
		}},
	}
}
