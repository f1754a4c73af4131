package pages

import "github.com/postern-go/postern/internal/view"

// CodePage asks for the code of the authenticator app, after the password.
type CodePage struct{ view.Form }

func (CodePage) Template() string { return "code" }

func (CodePage) states() []state {
	return []state{
		{"empty", CodePage{}},
		{"refused", CodePage{view.Form{Errors: []view.FieldError{
			{Field: "code", Text: "This code is not right. Use the newest one, and let your phone set its clock by itself."},
		}}}},
		{"used", CodePage{view.Form{Errors: []view.FieldError{
			{Field: "code", Text: "This code was used already. Wait for the next one; it comes within 30 seconds."},
		}}}},
	}
}
