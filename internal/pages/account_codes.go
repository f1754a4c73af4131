package pages

import (
	"net/http"

	"github.com/postern-go/postern/internal/desk"
)

// AccountCodesPage says how many recovery codes are left.
type AccountCodesPage struct {
	desk.Authenticators
	// Total is how many there were.
	Total int
}

func (AccountCodesPage) Template() string { return "account_codes" }

func (c *call) getRecoveryCodes() error {
	a, err := c.Desk.Authenticators(c.ctx(), c.identity)
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, AccountCodesPage{Authenticators: a, Total: desk.RecoveryCodes})
}

// AccountCodesNewPage asks before the codes are replaced. Left counts the unused
// ones, which stop working.
type AccountCodesNewPage struct{ Left int }

func (AccountCodesNewPage) Template() string { return "account_codes_new" }

func (c *call) getRecoveryCodesNew() error {
	a, err := c.Desk.Authenticators(c.ctx(), c.identity)
	if err != nil {
		return err
	}
	if len(a.Apps)+len(a.Passkeys) == 0 {
		return c.redirect("/account/recovery-codes")
	}
	return c.show(http.StatusOK, AccountCodesNewPage{Left: a.RecoveryCodes})
}

// AccountCodesShownPage shows new recovery codes once. They are in the element
// with the id recovery-codes.
type AccountCodesShownPage struct{ CodeSheet }

func (AccountCodesShownPage) Template() string { return "account_codes_shown" }

func (c *call) postRecoveryCodes() error {
	token, codes, err := c.Desk.ReplaceRecoveryCodes(c.ctx(), c.visit, c.identity)
	if err != nil {
		return err
	}
	c.setCookie(sessionCookie, token)
	return c.showDone(AccountCodesShownPage{c.ownCodes(codes)})
}

func (c *call) ownCodes(codes []string) CodeSheet {
	return c.codeSheet(codes, c.identity.Operator.Name, c.identity.Operator.Email)
}
