package gallery

import (
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func resetPage() []state {
	return []state{
		{"empty", pages.ResetPage{Rules: rules}},
		{"refused", pages.ResetPage{Form: view.Form{Errors: passwordErrors}, Token: "cmVzZXQ", Rules: rules, SSO: true}},
		{"code", pages.ResetPage{
			Form:  view.Form{Errors: []view.FieldError{{Field: "code", Text: "Type the code that your authenticator app shows now."}}},
			Token: "cmVzZXQ", Rules: rules, AskCode: true,
		}},
	}
}

func resetDonePage() []state {
	return []state{{"plain", pages.ResetDonePage{}}, {"two-factor", pages.ResetDonePage{TwoFactor: true}}}
}

func linkPage() []state { return one(pages.LinkPage{}) }
