package pages

import (
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// RecoveryPage asks for a recovery code in place of the authenticator app.
type RecoveryPage struct{ view.Form }

func (RecoveryPage) Template() string { return "recovery" }

func (c *call) getRecovery() error {
	if _, err := c.preSession(desk.StepCode); err != nil {
		return err
	}
	return c.show(http.StatusOK, RecoveryPage{})
}

func (c *call) postRecovery() error {
	return c.submitCode(func(f view.Form) view.Page { return RecoveryPage{Form: f} },
		"This is not one of your unused codes. Check it, or use another one.")
}

// LostPhonePage says how to get in without the authenticator app.
type LostPhonePage struct{}

func (LostPhonePage) Template() string { return "lost_phone" }

func (c *call) getLostPhone() error { return c.show(http.StatusOK, LostPhonePage{}) }
