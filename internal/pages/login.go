package pages

import (
	"errors"
	"net/http"
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
	// Passkey are the options for signing in with a passkey alone, in JSON; empty if the
	// office does not offer that.
	Passkey string
}

func (LoginPage) Template() string { return "login" }

func (c *call) getLogin() error {
	return c.showLogin(http.StatusOK, LoginPage{Next: c.next(c.query())})
}

func (c *call) showLogin(status int, p LoginPage) error {
	if sso := c.Desk.SSO; sso != nil {
		p.SSO = sso.Name
	}
	if c.Desk.OffersPasskeySignIn() {
		var err error
		if p.Passkey, err = c.Desk.SignInPasskeyOptions(c.preToken()); err != nil {
			return err
		}
	}
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
	return c.redirect(c.secondStep())
}

// secondStep is where a sign-in goes on after its first step. Either page leads on to the
// one that the account needs.
func (c *call) secondStep() string {
	if c.Desk.HasPasskeys() {
		return "/login/passkey"
	}
	return "/login/code"
}

// preSession returns this browser's sign-in, or an error that leads to the page that it is
// at, unless that is this one.
func (c *call) preSession(here func(desk.PreSession) bool) (desk.PreSession, error) {
	p, err := c.Desk.PreSession(c.ctx(), c.token(preCookie))
	if err != nil || here(p) {
		return p, err
	}
	return p, errRedirect{nextStep(p)}
}

// atStep reports whether a sign-in is at the step.
func atStep(step desk.Step) func(desk.PreSession) bool {
	return func(p desk.PreSession) bool { return p.Step == step }
}

// nextStep is the page that a sign-in is at. A passkey comes first where one can be used or
// added.
func nextStep(p desk.PreSession) string {
	switch {
	case p.Step == desk.StepEnrol && p.MayAddPasskey:
		return "/login/enrol/passkey"
	case p.Step == desk.StepEnrol:
		return "/login/enrol"
	case p.Passkeys:
		return "/login/passkey"
	case p.Codes && !p.HasApp:
		return "/login/recovery"
	}
	return "/login/code"
}
