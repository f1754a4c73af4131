package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var passwordSet = success("welcome")

// WelcomePage sets the first password with the link of an invitation. Like [ResetPage], it
// asks for the token first. It does not say whose invitation it is.
type WelcomePage struct {
	view.Form
	// Token is what was posted. Without an error it works, and is kept in a hidden input.
	Token string
	Rules view.PasswordRules
	// SSO reports that the password works only here.
	SSO bool
	// Company is the identity provider whose account can be used instead of a password;
	// empty if there is none.
	Company string
}

func (WelcomePage) Template() string { return "welcome" }

// Path is where the form is posted.
func (WelcomePage) Path() string { return "/welcome" }

func (c *call) getWelcome() error { return c.showWelcome(http.StatusOK, WelcomePage{}) }

func (c *call) showWelcome(status int, p WelcomePage) error {
	p.Rules, p.SSO = c.rules(), c.Desk.SSO != nil
	p.Company = c.Desk.CompanyName()
	return c.showForLink(status, p)
}

func (c *call) postWelcome() error {
	f := c.linkForm()
	if c.asksAboutLink() {
		err := c.checkLink(func(token string) error { return c.Desk.CheckWelcome(c.ctx(), c.visit, token) })
		return c.linkChecked(err, func(status int, form view.Form) error {
			return c.showWelcome(status, WelcomePage{Form: form, Token: f.Token})
		})
	}
	browsers, err := c.Desk.Welcome(c.ctx(), c.browserVisit(), f)
	if bad := (*desk.InvalidError)(nil); errors.As(err, &bad) {
		return c.showWelcome(http.StatusUnprocessableEntity, WelcomePage{Form: c.problems(bad), Token: f.Token})
	}
	if err != nil {
		return err
	}
	c.keepBrowsers(browsers)
	return c.redirect(passwordSet.at(c.signInPath()))
}

// postWelcomeCompany accepts an invitation with the company account: its flow keeps the
// link, which is used up once the account is linked.
func (c *call) postWelcomeCompany() error {
	token := c.form.Get("token")
	err := c.beginCompany(desk.CompanyStart{Purpose: desk.CompanyInvitation, Invitation: token}, "/welcome")
	if bad := (*desk.InvalidError)(nil); errors.As(err, &bad) {
		return c.showWelcome(http.StatusUnprocessableEntity, WelcomePage{Form: c.problems(bad), Token: token})
	}
	return err
}
