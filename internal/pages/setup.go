package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var (
	officeSetUp  = success("setup")
	setUpAlready = info("setup-done")
)

// SetupPage creates the first operator. Like [ResetPage], it asks for the token first.
type SetupPage struct {
	view.Form
	// Token, Email and Name are what was typed. A token without an error is kept
	// in a hidden input.
	Token, Email, Name string
	Rules              view.PasswordRules
}

func (SetupPage) Template() string { return "setup" }

// Typed reports that the rest of the form was filled in, and is shown with the token.
func (p SetupPage) Typed() bool { return p.Email+p.Name != "" }

// getSetup leads to the sign-in page once the office is set up: the printed link is
// opened again from a history or a log.
func (c *call) getSetup() error {
	done, err := c.Desk.IsSetUp(c.ctx())
	if err != nil {
		return err
	}
	if done {
		return c.lead(setUpAlready.at("/login"))
	}
	return c.showSetup(http.StatusOK, SetupPage{})
}

func (c *call) showSetup(status int, p SetupPage) error {
	p.Rules = c.rules()
	return c.show(status, p)
}

func (c *call) postSetup() error {
	f := desk.SetupForm{
		Token: c.form.Get("token"), Email: c.form.Get("email"), Name: c.form.Get("name"),
		Password: c.form.Get("password"), Again: c.form.Get("password_again"),
	}
	p := SetupPage{Token: f.Token, Email: f.Email, Name: f.Name}
	check := c.asksAboutLink()
	var err error
	if check {
		err = c.Desk.CheckSetup(c.ctx(), c.visit, f.Token)
	} else {
		err = c.Desk.SetUp(c.ctx(), c.visit, f)
	}
	bad := (*desk.InvalidError)(nil)
	switch {
	case err == nil && check:
		return c.showSetup(http.StatusOK, p)
	case err == nil:
		return c.redirect(officeSetUp.at("/login"))
	case errors.As(err, &bad):
		p.Form = c.problems(bad)
	case errors.As(err, new(*desk.MisplacedError)):
		return err
	case errors.Is(err, desk.ErrLink):
		p.Form = p.Refuse("token", c.t("link.setup.wrong"))
	default:
		return err
	}
	return c.showSetup(http.StatusUnprocessableEntity, p)
}
