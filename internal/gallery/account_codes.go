package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func accountCodesPage() []state {
	return []state{
		{"none", pages.AccountCodesPage{}},
		{"plenty", pages.AccountCodesPage{TwoFactor: true, Left: 9, Total: 10, Made: Time.Add(-5 * 24 * time.Hour)}},
		{"few", pages.AccountCodesPage{TwoFactor: true, Left: 1, Total: 10, Made: Time.Add(-200 * 24 * time.Hour)}},
	}
}

func accountCodesNewPage() []state {
	return []state{
		{"plain", pages.AccountCodesNewPage{Left: 4}},
		{"none", pages.AccountCodesNewPage{}},
		{"refused", pages.AccountCodesNewPage{
			Form: view.Form{Errors: []view.FieldError{{Field: "", Text: "The codes were just replaced from another tab. Look there before you make more."}}},
			Left: 1,
		}},
	}
}

func accountCodesShownPage() []state { return one(pages.AccountCodesShownPage{Codes: recoveryCodes}) }
