package pages

import "github.com/postern-go/postern/internal/view"

// StepUpPage asks again for password, and code where there is one, before
// something sensitive.
type StepUpPage struct {
	view.Form
	// Next is the path inside the office to go to afterwards.
	Next string
	// AskCode is true when the operator has a second factor.
	AskCode bool
}

func (StepUpPage) Template() string { return "step_up" }

func (StepUpPage) states() []state {
	return []state{
		{"password", StepUpPage{Next: "/account/two-factor/add"}},
		{"code", StepUpPage{Next: "/account/two-factor/add", AskCode: true}},
		{"refused", StepUpPage{
			Form:    view.Form{Errors: []view.FieldError{{Field: "password", Text: "Password or code is not right. Check both and use the newest code."}}},
			AskCode: true,
		}},
	}
}
