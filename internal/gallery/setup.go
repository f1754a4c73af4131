package gallery

import (
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func setupPage() []state {
	return []state{
		{"empty", pages.SetupPage{Rules: rules}},
		{"refused", pages.SetupPage{
			Form: view.Form{Errors: append([]view.FieldError{
				{Field: "token", Text: "This is not a set-up code of this server. Paste the newest one that it printed."},
				{Field: "email", Text: "Type an e-mail address, such as name@example.com."},
				{Field: "name", Text: "Type the name that colleagues should see."},
			}, passwordErrors...)},
			Token: "not-it", Email: "ada@", Rules: rules,
		}},
		{"refused-password", pages.SetupPage{
			Form:  view.Form{Errors: passwordErrors},
			Token: "c2V0dXA", Email: "ada@community.example", Name: longName, Rules: manyRules,
		}},
	}
}
