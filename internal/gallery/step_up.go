package gallery

import (
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func stepUpPage() []state {
	return []state{
		{"password", pages.StepUpPage{Next: "/account/two-factor/add"}},
		{"code", pages.StepUpPage{Next: "/account/two-factor/add", AskCode: true}},
		{"refused", pages.StepUpPage{
			Form:    view.Form{Errors: []view.FieldError{{Field: "password", Text: "Password or code is not right. Check both and use the newest code."}}},
			AskCode: true,
		}},
	}
}
