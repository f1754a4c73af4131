package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// A passkey is used by the browser, which asks the person's device. The script passes the
// options in the page to the browser, and its answer comes with the form, in the field
// passkeyField. Everything else is the form's, as on any page.

// passkeyField carries the answer of an authenticator, in JSON.
const passkeyField = "passkey"

// PasskeyPage asks for a passkey, after the password.
type PasskeyPage struct {
	view.Form
	// Options are for the browser, in JSON.
	Options string
	// Codes reports that a code or a recovery code may be used instead, App that the
	// operator has an authenticator app.
	Codes, App bool
}

func (PasskeyPage) Template() string { return "passkey" }

func (c *call) getPasskey() error { return c.showPasskey(http.StatusOK, view.Form{}) }

// showPasskey asks for a passkey, each time with options of its own: an answer is used once.
func (c *call) showPasskey(status int, f view.Form) error {
	p, err := c.preSession(func(p desk.PreSession) bool { return p.Step == desk.StepCode && p.Passkeys })
	if err != nil {
		return err
	}
	options, err := c.Desk.PasskeyOptions(c.ctx(), c.token(preCookie))
	if err != nil {
		return err
	}
	return c.show(status, PasskeyPage{Form: f, Options: options, Codes: p.Codes, App: p.HasApp})
}

func (c *call) postPasskey() error {
	if f, missing := c.noAnswer(); missing {
		return c.showPasskey(http.StatusUnprocessableEntity, f)
	}
	passed, err := c.Desk.SubmitPasskey(c.ctx(), c.browserVisit(), c.token(preCookie), c.form.Get(passkeyField))
	if f, ok := c.passkeyRefused(err); ok {
		return c.showPasskey(http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	c.keepToken(passed)
	return c.redirect(passed.Next)
}

// getWithPasskey leads to the page that has the form: someone has loaded the answer to it
// again.
func (c *call) getWithPasskey() error { return errRedirect{"/login"} }

// postWithPasskey signs in with a passkey and nothing else.
func (c *call) postWithPasskey() error {
	next := c.next(c.form)
	if f, missing := c.noAnswer(); missing {
		return c.showLogin(http.StatusUnprocessableEntity, LoginPage{Form: f, Next: next})
	}
	passed, err := c.Desk.SignInWithPasskey(c.ctx(), c.browserVisit(), c.preToken(), c.form.Get(passkeyField), next)
	f, ok := c.passkeyRefused(err)
	switch {
	case ok:
	case errors.Is(err, desk.ErrCredentials):
		f = f.Refuse("", c.t("passkey.unknown_alone"))
	case err != nil:
		return err
	default:
		c.keepToken(passed)
		return c.redirect(passed.Next)
	}
	return c.showLogin(http.StatusUnprocessableEntity, LoginPage{Form: f, Next: next})
}

// noAnswer returns the form that says so if the browser did not run the script.
func (c *call) noAnswer() (view.Form, bool) {
	if c.form.Get(passkeyField) != "" {
		return view.Form{}, false
	}
	return view.Form{}.Refuse("", c.t("passkey.no_script")), true
}

// passkeyRefused returns the form that says why a passkey was not accepted, and whether err
// is about that.
func (c *call) passkeyRefused(err error) (view.Form, bool) {
	var f view.Form
	bad := (*desk.InvalidError)(nil)
	switch {
	case err == nil:
		return f, false
	case errors.Is(err, desk.ErrStale):
		return f.Refuse("", c.t("passkey.expired")), true
	case errors.Is(err, desk.ErrPasskeyCounter):
		return f.Refuse("", c.t("passkey.counter", "contact", c.contact())), true
	case errors.Is(err, desk.ErrPasskeyUnknown):
		return f.Refuse("", c.t("passkey.unknown")), true
	case errors.Is(err, desk.ErrPasskey):
		return f.Refuse("", c.t("passkey.refused")), true
	case !errors.As(err, &bad):
		return f, false
	}
	// The answer is no field that anyone sees, so what is wrong with it is about the form.
	for _, p := range c.problems(bad).Errors {
		if p.Field == passkeyField {
			p.Field = ""
		}
		f = f.Refuse(p.Field, p.Text)
	}
	return f, true
}
