package pages

import (
	"errors"
	"net/http"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

func (c *call) getLogin() error {
	return c.showLogin(http.StatusOK, LoginPage{Next: c.next(c.r.URL.Query().Get("next"))})
}

func (c *call) showLogin(status int, p LoginPage) error {
	if sso := c.Desk.SSO; sso != nil {
		p.SSO = sso.Name
	}
	return c.show(status, p)
}

func (c *call) postLogin() error {
	f := desk.SignInForm{Login: c.form.Get("login"), Password: c.form.Get("password"), Next: c.next(c.form.Get("next"))}
	p := LoginPage{Login: f.Login, Next: f.Next}
	if strings.TrimSpace(f.Login) == "" {
		p.Errors = append(p.Errors, view.FieldError{Field: "login", Text: "Type your name or e-mail."})
	}
	if f.Password == "" {
		p.Errors = append(p.Errors, view.FieldError{Field: "password", Text: "Type your password."})
	}
	if len(p.Errors) > 0 {
		return c.showLogin(http.StatusUnprocessableEntity, p)
	}
	passed, err := c.Desk.SignIn(c.ctx(), c.visit, f)
	if errors.Is(err, desk.ErrCredentials) {
		p.Form = view.Form{}.Refuse("login", "This name and password do not go together. Check both, or choose “Forgot your password?”.")
		return c.showLogin(http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	c.keep(passed.Token, passed.SignedIn)
	if passed.SignedIn {
		return c.redirect(passed.Next)
	}
	// Which step comes next follows from the account; the code page leads on
	// to enrolment where there is nothing to ask a code of.
	return c.redirect("/login/code")
}

// preSession is the sign-in that this browser began.
func (c *call) preSession(step desk.Step) (desk.PreSession, error) {
	p, err := c.Desk.PreSession(c.ctx(), c.token(preCookie))
	if err != nil {
		return p, err
	}
	if p.Step != step {
		return p, errDone{stepPath(p.Step)}
	}
	return p, nil
}

func stepPath(s desk.Step) string {
	if s == desk.StepEnrol {
		return "/login/enrol"
	}
	return "/login/code"
}

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

func (c *call) getLostPhone() error { return c.show(http.StatusOK, LostPhonePage{}) }
