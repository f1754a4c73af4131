package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// ForgotPage asks where to send a reset link. Email is what was typed.
type ForgotPage struct {
	view.Form
	Email string
}

func (ForgotPage) Template() string { return "forgot" }

// ForgotSentPage answers every request for a link, whether or not the account
// exists. Contact is whom to ask. It says nothing about the mail queue, because
// that would reveal whether an earlier request put an email there.
type ForgotSentPage struct{ Contact string }

func (ForgotSentPage) Template() string { return "forgot_sent" }

func (c *call) getForgot() error { return c.show(http.StatusOK, ForgotPage{}) }

func (c *call) postForgot() error {
	email := c.form.Get("email")
	err := c.Desk.RequestReset(c.ctx(), c.visit, email)
	if bad := (*desk.InvalidError)(nil); errors.As(err, &bad) {
		return c.show(http.StatusUnprocessableEntity, ForgotPage{Form: c.problems(bad), Email: email})
	}
	if err != nil {
		return err
	}
	// The same answer for every email address, and no redirect that could differ.
	return c.showDone(ForgotSentPage{c.contact()})
}
