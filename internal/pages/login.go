package pages

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var signInEnded = warning("ended")

// unsaved follows a form that was posted after the session had ended, keptUntilSignIn one
// of which what was typed is kept.
var unsaved = warning("unsaved")

var keptUntilSignIn = warning("kept")

var evicted = info("evicted")

// LoginPage asks for a name or email address, and the password.
type LoginPage struct {
	view.Form
	// Login is what was typed. Next is the path inside the office to go on to.
	Login, Next string
	// SSO names the community's sign-in, if members have no password here.
	SSO string
	// Company is the identity provider of the company, if operators may sign in there. Only
	// reports that all must, but for super-administrators, whom the page is then for.
	Company string
	Only    bool
}

func (LoginPage) Template() string { return "login" }

// LoginCompanyPage leads to the identity provider, if operators sign in nowhere else. The
// form for the password of super-administrators is at PasswordPath.
type LoginCompanyPage struct{ Company, Next, PasswordPath string }

func (LoginCompanyPage) Template() string { return "login_company" }

func (c *call) getLogin() error {
	query := c.query()
	if next := c.next(query); c.companyOnly() && !query.Has("password") {
		to := url.Values{"password": {""}}
		if next != "/" {
			to.Set("next", next)
		}
		return c.show(http.StatusOK, LoginCompanyPage{c.Desk.CompanyName(), next, "/login?" + to.Encode()})
	}
	return c.showLogin(http.StatusOK, LoginPage{Next: c.next(c.query())})
}

func (c *call) showLogin(status int, p LoginPage) error {
	if sso := c.Desk.SSO; sso != nil {
		p.SSO = sso.Name
	}
	p.Company, p.Only = c.Desk.CompanyName(), c.companyOnly()
	return c.show(status, p)
}

func (c *call) postLogin() error {
	f := desk.SignInForm{Login: c.form.Get("login"), Password: c.form.Get("password"), Next: c.next(c.form)}
	p := LoginPage{Login: f.Login, Next: f.Next}
	if strings.TrimSpace(f.Login) == "" {
		p.Form = p.Refuse("login", c.t("signin.login_missing"))
	}
	if f.Password == "" {
		p.Form = p.Refuse("password", c.t("signin.password_missing"))
	}
	if p.Failed() {
		return c.showLogin(http.StatusUnprocessableEntity, p)
	}
	passed, err := c.Desk.SignIn(c.ctx(), c.browserVisit(), f)
	if errors.Is(err, desk.ErrCredentials) {
		p.Form = p.Refuse("login", c.t("signin.wrong"))
		return c.showLogin(http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	c.keepToken(passed)
	if passed.SignedIn {
		return c.redirect(passed.Next)
	}
	// The code page leads on to enrolment if the account has no authenticator app.
	return c.redirect("/login/code")
}

// preSession returns an error unless this browser's sign-in is at the step.
func (c *call) preSession(step desk.Step) error {
	p, err := c.Desk.PreSession(c.ctx(), c.token(preCookie))
	if err != nil || p.Step == step {
		return err
	}
	if p.Step == desk.StepEnrol {
		return errRedirect{"/login/enrol"}
	}
	return errRedirect{"/login/code"}
}
