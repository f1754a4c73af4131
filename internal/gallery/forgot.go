package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/pages"
)

func forgotPage() []state {
	return []state{
		{"empty", pages.ForgotPage{}},
		{"refused", pages.ForgotPage{Form: refused("email", badEmail), Email: "ada"}},
	}
}

func forgotSentPage() []state { return one(pages.ForgotSentPage{Life: 30 * time.Minute}) }
