package pages

import (
	"time"

	"github.com/postern-go/postern/internal/view"
)

// AccountCodesPage says how many recovery codes are left.
type AccountCodesPage struct {
	// TwoFactor is false when there is nothing to recover.
	TwoFactor   bool
	Left, Total int
	// Made is when the set was made.
	Made time.Time
}

func (AccountCodesPage) Template() string { return "account_codes" }

func (AccountCodesPage) states() []state {
	return []state{
		{"none", AccountCodesPage{}},
		{"plenty", AccountCodesPage{TwoFactor: true, Left: 9, Total: 10, Made: galleryTime.Add(-5 * 24 * time.Hour)}},
		{"few", AccountCodesPage{TwoFactor: true, Left: 1, Total: 10, Made: galleryTime.Add(-200 * 24 * time.Hour)}},
	}
}

// AccountCodesNewPage asks before the codes are replaced.
type AccountCodesNewPage struct {
	view.Form
	// Left counts the unused codes that stop working.
	Left int
}

func (AccountCodesNewPage) Template() string { return "account_codes_new" }

func (AccountCodesNewPage) states() []state {
	return []state{
		{"plain", AccountCodesNewPage{Left: 4}},
		{"none", AccountCodesNewPage{}},
		{"refused", AccountCodesNewPage{
			Form: view.Form{Errors: []view.FieldError{{Field: "", Text: "The codes were just replaced from another tab. Look there before you make more."}}},
			Left: 1,
		}},
	}
}

// AccountCodesShownPage shows new recovery codes once. They are in the element
// with the id recovery-codes.
type AccountCodesShownPage struct{ Codes []string }

func (AccountCodesShownPage) Template() string { return "account_codes_shown" }

func (AccountCodesShownPage) states() []state { return one(AccountCodesShownPage{Codes: galleryCodes}) }
