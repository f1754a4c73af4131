package pages

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var tooManyCodes = warning("too-many-codes")

// CodePage asks for the code of the authenticator app, after the password.
type CodePage struct{ view.Form }

func (CodePage) Template() string { return "code" }

func (c *call) getCode() error {
	if err := c.preSession(desk.StepCode); err != nil {
		return err
	}
	return c.show(http.StatusOK, CodePage{})
}

const wrongCode = "This code is wrong, or was already used. Wait for the next one and enter that."

func (c *call) postCode() error {
	f, err := c.submitCode(wrongCode + " If it keeps failing, set your phone’s clock to automatic.")
	if err != nil || !f.Failed() {
		return err
	}
	return c.show(http.StatusUnprocessableEntity, CodePage{f})
}

// unreadable says what helps if err says that the secret of an authenticator app
// cannot be read, and else that the code is wrong.
func (c *call) unreadable(err error, wrong string) string {
	if !errors.Is(err, desk.ErrUnreadable) {
		return wrong
	}
	text := "The office can no longer read the secret of your authenticator app, because its master secret was replaced."
	if errors.Is(err, desk.ErrCode) {
		text = wrongCode + " Or it is from an authenticator app whose secret the office can no longer read, because its master secret was replaced."
	}
	return text + fmt.Sprintf(" Enter one of your recovery codes here instead, or ask %s to reset your two-factor authentication.", c.contact())
}

// submitCode finishes a sign-in, or returns the form that was refused. Either
// page takes either kind of code, as the shape of a code tells its kind.
func (c *call) submitCode(wrong string) (view.Form, error) {
	var f view.Form
	if err := c.preSession(desk.StepCode); err != nil {
		return f, err
	}
	passed, err := c.Desk.SubmitCode(c.ctx(), c.browserVisit(), c.token(preCookie), c.form.Get("code"))
	bad := (*desk.InvalidError)(nil)
	switch {
	case errors.As(err, &bad) && c.path == "/login/recovery" && bad.Problems[0].Code == "not_code":
		return f.Refuse("code", desk.NotRecoveryCode), nil
	case errors.As(err, &bad):
		return c.problems(bad), nil
	case errors.Is(err, desk.ErrCode), errors.Is(err, desk.ErrUnreadable):
		return f.Refuse("code", c.unreadable(err, wrong)), nil
	case err != nil:
		return f, err
	}
	c.keepToken(passed)
	return f, c.redirect(passed.Next)
}
