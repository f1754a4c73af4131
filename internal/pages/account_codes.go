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

// AccountCodesNewPage asks before the codes are replaced.
type AccountCodesNewPage struct {
	view.Form
	// Left counts the unused codes that stop working.
	Left int
}

func (AccountCodesNewPage) Template() string { return "account_codes_new" }

// AccountCodesShownPage shows new recovery codes once. They are in the element
// with the id recovery-codes.
type AccountCodesShownPage struct{ Codes []string }

func (AccountCodesShownPage) Template() string { return "account_codes_shown" }
