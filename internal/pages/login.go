package pages

import (
	"errors"
	"net/http"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var signInEnded = warning("ended", "This sign-in took too long, or continued in another tab. Start again.")

// LoginPage asks for name or e-mail and password.
type LoginPage struct {
	view.Form
	// Login is what was typed. Next is the path inside the office to go to
	// afterwards, checked by the handler before and after.
	Login, Next string
	// SSO names the community's sign-in when members have no password here;
	// empty leaves the line out.
	SSO string
}

func (LoginPage) Template() string { return "login" }

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
