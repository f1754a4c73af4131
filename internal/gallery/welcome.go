package gallery

import (
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func welcomePage() []state {
	return []state{
		{"empty", pages.WelcomePage{Rules: rules}},
		{"refused", pages.WelcomePage{Form: view.Form{Errors: passwordErrors}, Token: "d2VsY29tZQ", Rules: rules, SSO: true}},
	}
}

func welcomeDonePage() []state { return one(pages.WelcomeDonePage{}) }
