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
