package pages

import (
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// RecoveryPage asks for a recovery code in place of the authenticator app's.
type RecoveryPage struct {
	view.Form
	// Passkey reports that a passkey can be used instead, App that the operator has an
	// authenticator app.
	Passkey, App bool
}

func (RecoveryPage) Template() string { return "recovery" }

func (c *call) getRecovery() error {
	p, err := c.preSession(func(p desk.PreSession) bool { return p.Step == desk.StepCode && p.Codes })
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, RecoveryPage{Passkey: p.Passkeys, App: p.HasApp})
}

func (c *call) postRecovery() error {
	f, p, err := c.submitCode("signin.recovery.wrong")
	if err != nil || !f.Failed() {
		return err
	}
	return c.show(http.StatusUnprocessableEntity, RecoveryPage{Form: f, Passkey: p.Passkeys, App: p.HasApp})
}

// LostPhonePage explains how to sign in without the authenticator app.
type LostPhonePage struct {
	// Passkeys reports that what is lost may be a passkey.
	Passkeys bool
}

func (LostPhonePage) Template() string { return "lost_phone" }

func (c *call) getLostPhone() error {
	return c.show(http.StatusOK, LostPhonePage{Passkeys: c.Desk.HasPasskeys()})
}
