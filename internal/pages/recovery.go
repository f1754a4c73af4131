package pages

import (
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// RecoveryPage asks for a recovery code in place of the authenticator app's.
type RecoveryPage struct{ view.Form }

func (RecoveryPage) Template() string { return "recovery" }

func (c *call) getRecovery() error {
	if err := c.preSession(desk.StepCode); err != nil {
		return err
	}
	return c.show(http.StatusOK, RecoveryPage{})
}

func (c *call) postRecovery() error {
	f, err := c.submitCode("signin.recovery.wrong")
	if err != nil || !f.Failed() {
		return err
	}
	return c.show(http.StatusUnprocessableEntity, RecoveryPage{f})
}

// LostPhonePage explains how to sign in without the authenticator app.
type LostPhonePage struct{}

func (LostPhonePage) Template() string { return "lost_phone" }

func (c *call) getLostPhone() error { return c.show(http.StatusOK, LostPhonePage{}) }
