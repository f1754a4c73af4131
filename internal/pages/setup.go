package pages

import "github.com/postern-go/postern/internal/view"

// SetupPage makes the first operator. The token arrives in the address after
// "#"; without script it is pasted.
type SetupPage struct {
	view.Form
	// Token, Email and Name are what was typed. A token without an error is
	// kept in a hidden input.
	Token, Email, Name string
	// Rules are shown below the password.
	Rules view.PasswordRules
}

func (SetupPage) Template() string { return "setup" }

func (SetupPage) states() []state {
	return []state{
		{"empty", SetupPage{Rules: galleryRules}},
		{"refused", SetupPage{
			Form: view.Form{Errors: append([]view.FieldError{
				{Field: "token", Text: "This is not a set-up code of this server. Paste the newest one that it printed."},
				{Field: "email", Text: "Type an e-mail address, such as name@example.com."},
				{Field: "name", Text: "Type the name that colleagues should see."},
			}, galleryPasswordErrors...)},
			Token: "not-it", Email: "ada@", Rules: galleryRules,
		}},
		{"refused-password", SetupPage{
			Form:  view.Form{Errors: galleryPasswordErrors},
			Token: "c2V0dXA", Email: "ada@community.example", Name: longName, Rules: galleryManyRules,
		}},
	}
}
