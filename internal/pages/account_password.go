package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var passwordChanged = success("password")

// AccountPasswordPage changes the operator's own password.
type AccountPasswordPage struct {
	view.Form
	Rules view.PasswordRules
	// SSO reports that the password works only here.
	SSO bool
	// Forced reports that no other page opens before it is changed.
	Forced bool
}

func (AccountPasswordPage) Template() string { return "account_password" }

func (c *call) getPassword() error {
	if c.identity.PasswordElsewhere() {
		return desk.ErrNotFound
	}
	return c.showPassword(http.StatusOK, view.Form{})
}

func (c *call) showPassword(status int, f view.Form) error {
	return c.show(status, AccountPasswordPage{
		Form: f, Rules: c.rules(), SSO: c.Desk.SSO != nil, Forced: c.identity.MustChangePassword,
	})
}

func (c *call) postPassword() error {
	token, err := c.Desk.ChangePassword(c.ctx(), c.visit, c.identity,
		c.form.Get("current_password"), c.form.Get("password"), c.form.Get("password_again"))
	bad := (*desk.InvalidError)(nil)
	switch {
	case errors.As(err, &bad):
		return c.showPassword(http.StatusUnprocessableEntity, c.problems(bad))
	case errors.Is(err, desk.ErrElsewhere):
		return desk.ErrNotFound
	case err != nil:
		return err
	}
	c.setCookie(sessionCookie, token)
	return c.redirect(passwordChanged.at("/account"))
}
