package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func forgotPage() []state {
	return []state{
		{"empty", pages.ForgotPage{}},
		{"refused", pages.ForgotPage{
			Form:  view.Form{Errors: []view.FieldError{{Field: "email", Text: "Type an e-mail address, such as name@example.com."}}},
			Email: "ada",
		}},
	}
}

func forgotSentPage() []state { return one(pages.ForgotSentPage{Life: 30 * time.Minute}) }
