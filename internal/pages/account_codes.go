package pages

import (
	"net/http"
	"time"

	"github.com/postern-go/postern/internal/desk"
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

func (c *call) getRecoveryCodes() error {
	a, err := c.Desk.Authenticators(c.ctx(), c.identity)
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, AccountCodesPage{
		TwoFactor: c.identity.TwoFactor, Left: a.RecoveryCodes, Total: desk.RecoveryCodes, Made: a.RecoveryCodesMade,
	})
}

// AccountCodesNewPage asks before the codes are replaced.
type AccountCodesNewPage struct {
	view.Form
	// Left counts the unused codes that stop working.
	Left int
}

func (AccountCodesNewPage) Template() string { return "account_codes_new" }

func (c *call) getRecoveryCodesNew() error {
	a, err := c.Desk.Authenticators(c.ctx(), c.identity)
	if err != nil {
		return err
	}
	if len(a.Factors) == 0 {
		return c.redirect("/account/recovery-codes")
	}
	return c.show(http.StatusOK, AccountCodesNewPage{Left: a.RecoveryCodes})
}

// AccountCodesShownPage shows new recovery codes once. They are in the element
// with the id recovery-codes.
type AccountCodesShownPage struct{ Codes []string }

func (AccountCodesShownPage) Template() string { return "account_codes_shown" }

func (c *call) postRecoveryCodes() error {
	token, codes, err := c.Desk.ReplaceRecoveryCodes(c.ctx(), c.visit, c.identity)
	if err != nil {
		return err
	}
	c.setCookie(sessionCookie, token)
	c.fresh = token
	return c.show(http.StatusOK, AccountCodesShownPage{Codes: codes})
}
