package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var tooManyCodes = warning("too-many-codes")

// CodePage asks for the code of the authenticator app, after the password.
type CodePage struct {
	view.Form
	// Passkey reports that a passkey can be used instead.
	Passkey bool
	// Contact is whom to ask, if the account needs a passkey and the office cannot check
	// one. Otherwise it is empty.
	Contact string
}

func (CodePage) Template() string { return "code" }

func (c *call) getCode() error {
	p, err := c.preSession(func(p desk.PreSession) bool {
		return p.Step == desk.StepCode && (p.Codes && p.HasApp || !p.Codes && !p.Passkeys)
	})
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, c.codePage(p, view.Form{}))
}

func (c *call) codePage(p desk.PreSession, f view.Form) CodePage {
	page := CodePage{Form: f, Passkey: p.Passkeys}
	if !p.Codes {
		page.Contact = c.contact()
	}
	return page
}

func (c *call) postCode() error {
	f, p, err := c.submitCode("signin.code.wrong_clock")
	if err != nil || !f.Failed() {
		return err
	}
	return c.show(http.StatusUnprocessableEntity, c.codePage(p, f))
}

// wrongCode says what helps if err says that the secret of an authenticator app cannot be
// read, and else that the code is wrong, by the message wrong.
func (c *call) wrongCode(err error, wrong string) string {
	switch {
	case !errors.Is(err, desk.ErrUnreadable):
		return c.t(wrong)
	case errors.Is(err, desk.ErrCode):
		return c.t("signin.code.wrong_unreadable", "contact", c.contact())
	}
	return c.t("signin.code.unreadable", "contact", c.contact())
}

// submitCode finishes a sign-in, or returns the form that was refused. Either
// page takes either kind of code, as the shape of a code tells its kind. wrong is the message
// for a code that is not accepted.
func (c *call) submitCode(wrong string) (view.Form, desk.PreSession, error) {
	var f view.Form
	p, err := c.preSession(atStep(desk.StepCode))
	if err != nil {
		return f, p, err
	}
	passed, err := c.Desk.SubmitCode(c.ctx(), c.browserVisit(), c.token(preCookie), c.form.Get("code"))
	bad := (*desk.InvalidError)(nil)
	switch {
	case errors.As(err, &bad) && c.path == "/login/recovery" && bad.Problems[0].Code == "not_code":
		return f.Refuse("code", c.t("signin.recovery.not_code")), p, nil
	case errors.As(err, &bad):
		return c.problems(bad), p, nil
	case errors.Is(err, desk.ErrPasskeyNeeded):
		return f.Refuse("", c.t("passkey.needed")), p, nil
	case errors.Is(err, desk.ErrCode), errors.Is(err, desk.ErrUnreadable):
		return f.Refuse("code", c.wrongCode(err, wrong)), p, nil
	case err != nil:
		return f, p, err
	}
	c.keepToken(passed)
	return f, p, c.redirect(passed.Next)
}
