package pages

import (
	"net/http"

	"github.com/postern-go/postern/internal/view"
)

var passkeyAdded = success("passkey-added")

// passkeyPath is where a signed-in operator adds a passkey.
const passkeyPath = "/account/passkeys/new"

// PasskeyNewPage adds a passkey inside a session.
type PasskeyNewPage struct {
	view.Form
	// Options are for the browser, in JSON.
	Options string
	// Label is what was typed.
	Label string
	// Required reports that nothing else opens before.
	Required bool
}

func (PasskeyNewPage) Template() string { return "account_passkey_new" }

func (c *call) getPasskeyNew() error { return c.showPasskeyNew(http.StatusOK, view.Form{}, "") }

func (c *call) showPasskeyNew(status int, f view.Form, label string) error {
	options, err := c.Desk.BeginPasskey(c.ctx(), c.identity)
	if err != nil {
		return err
	}
	return c.show(status, PasskeyNewPage{Form: f, Options: options, Label: label, Required: c.identity.MustAddPasskey})
}

func (c *call) postPasskeyNew() error {
	label := c.form.Get("label")
	if f, missing := c.noAnswer(); missing {
		return c.showPasskeyNew(http.StatusUnprocessableEntity, f, label)
	}
	token, codes, err := c.Desk.AddPasskey(c.ctx(), c.visit, c.identity, c.form.Get(passkeyField), label)
	if f, ok := c.passkeyRefused(err); ok {
		return c.showPasskeyNew(http.StatusUnprocessableEntity, f, label)
	}
	if err != nil {
		return err
	}
	c.setCookie(sessionCookie, token)
	if codes == nil {
		return c.redirect(passkeyAdded.at("/account/two-factor"))
	}
	return c.showDone(AccountCodesShownPage{c.ownCodes(codes)})
}
