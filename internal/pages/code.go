package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var tooManyCodes = warning("too-many-codes", "Too many wrong codes, so this sign-in has ended. Wait half a minute, then start again.")

// CodePage asks for the code of the authenticator app, after the password.
type CodePage struct{ view.Form }

func (CodePage) Template() string { return "code" }

func (c *call) getCode() error {
	if _, err := c.preSession(desk.StepCode); err != nil {
		return err
	}
	return c.show(http.StatusOK, CodePage{})
}

func (c *call) postCode() error {
	return c.submitCode(func(f view.Form) view.Page { return CodePage{Form: f} },
		"This code is not right, or was used already. Wait for the next one and type that. If it goes on, let your phone set its clock by itself.")
}

// submitCode finishes a sign-in. Both pages take both kinds of code: what
// somebody pasted says which it is.
func (c *call) submitCode(again func(view.Form) view.Page, refusal string) error {
	if _, err := c.preSession(desk.StepCode); err != nil {
		return err
	}
	passed, err := c.Desk.SubmitCode(c.ctx(), c.visit, c.token(preCookie), c.form.Get("code"))
	bad := (*desk.InvalidError)(nil)
	switch {
	case errors.As(err, &bad):
		return c.show(http.StatusUnprocessableEntity, again(c.malformed(bad)))
	case errors.Is(err, desk.ErrCode):
		return c.show(http.StatusUnprocessableEntity, again(view.Form{}.Refuse("code", refusal)))
	case err != nil:
		return err
	}
	c.keep(passed.Token, true)
	return c.redirect(passed.Next)
}

// malformed says what a code looks like on the page that asked for one.
func (c *call) malformed(bad *desk.InvalidError) view.Form {
	if c.path == "/login/recovery" {
		return view.Form{}.Refuse("code", "A recovery code has 16 letters and digits, like ABCD-EFGH-IJKL-MNOP. Check that none is missing.")
	}
	return Problems(bad)
}
