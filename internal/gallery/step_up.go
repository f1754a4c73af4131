package gallery

import "github.com/postern-go/postern/internal/pages"

func stepUpPage() []state {
	const next = "/account/two-factor/add"
	return []state{
		{"password", pages.StepUpPage{Next: next}},
		{"code", pages.StepUpPage{Next: next, AskCode: true}},
		{"refused", pages.StepUpPage{Form: refused("password", "This is not your password."), Next: next}},
		{"refused-code", pages.StepUpPage{Form: refused("code", wrongCode), Next: next, AskCode: true}},
	}
}
