package pages

import (
	"errors"
	"net/http"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// ForgotPage asks where to send a link for a new password.
type ForgotPage struct {
	view.Form
	// Email is what was typed.
	Email string
}

func (ForgotPage) Template() string { return "forgot" }

// ForgotSentPage is the answer to every request for a link, whether there is
// such an account or not.
type ForgotSentPage struct {
	// Life is how long a link works.
	Life time.Duration
}

func (ForgotSentPage) Template() string { return "forgot_sent" }

func (c *call) getForgot() error { return c.show(http.StatusOK, ForgotPage{}) }

func (c *call) postForgot() error {
	email := c.form.Get("email")
	err := c.Desk.RequestReset(c.ctx(), c.visit, email)
	if bad := (*desk.InvalidError)(nil); errors.As(err, &bad) {
		return c.show(http.StatusUnprocessableEntity, ForgotPage{Form: Problems(bad), Email: email})
	}
	if err != nil {
		return err
	}
	// The one answer for every address, and no redirect that could differ.
	return c.show(http.StatusOK, ForgotSentPage{Life: c.state.Settings.Reset.Life})
}
