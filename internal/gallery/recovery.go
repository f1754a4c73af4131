package gallery

import (
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func recoveryPage() []state {
	return []state{
		{"empty", pages.RecoveryPage{}},
		{"refused", pages.RecoveryPage{Form: view.Form{Errors: []view.FieldError{
			{Field: "code", Text: "This is not one of your unused codes. Check it, or use another one."},
		}}}},
	}
}

func lostPhonePage() []state { return one(pages.LostPhonePage{}) }
