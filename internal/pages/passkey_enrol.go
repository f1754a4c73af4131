package pages

import (
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// PasskeyEnrolPage adds the first passkey, during sign-in.
type PasskeyEnrolPage struct {
	view.Form
	// Options are for the browser, in JSON.
	Options string
	// Label is what was typed.
	Label string
	// Required reports that an authenticator app would not do.
	Required bool
}

func (PasskeyEnrolPage) Template() string { return "passkey_enrol" }

func (c *call) getPasskeyEnrol() error {
	return c.showPasskeyEnrol(http.StatusOK, view.Form{}, "")
}

func (c *call) showPasskeyEnrol(status int, f view.Form, label string) error {
	p, err := c.preSession(func(p desk.PreSession) bool { return p.Step == desk.StepEnrol && p.MayAddPasskey })
	if err != nil {
		return err
	}
	options, err := c.Desk.SignInPasskeyNew(c.ctx(), c.token(preCookie))
	if err != nil {
		return err
	}
	return c.show(status, PasskeyEnrolPage{Form: f, Options: options, Label: label, Required: p.PasskeyRequired})
}

func (c *call) postPasskeyEnrol() error {
	label := c.form.Get("label")
	if f, missing := c.noAnswer(); missing {
		return c.showPasskeyEnrol(http.StatusUnprocessableEntity, f, label)
	}
	passed, codes, err := c.Desk.ConfirmSignInPasskey(c.ctx(), c.browserVisit(), c.token(preCookie), c.form.Get(passkeyField), label)
	if f, ok := c.passkeyRefused(err); ok {
		return c.showPasskeyEnrol(http.StatusUnprocessableEntity, f, label)
	}
	if err != nil {
		return err
	}
	c.keepToken(passed)
	c.begun = passed.SessionID
	if codes == nil {
		return c.redirect(passed.Next)
	}
	return c.showDone(RecoveryCodesPage{c.codeSheet(codes, passed.Name, passed.Email)})
}
