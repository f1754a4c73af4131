package gallery

import (
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func codePage() []state {
	return []state{
		{"empty", pages.CodePage{}},
		{"refused", pages.CodePage{Form: view.Form{Errors: []view.FieldError{
			{Field: "code", Text: "This code is not right. Use the newest one, and let your phone set its clock by itself."},
		}}}},
		{"used", pages.CodePage{Form: view.Form{Errors: []view.FieldError{
			{Field: "code", Text: "This code was used already. Wait for the next one; it comes within 30 seconds."},
		}}}},
	}
}
