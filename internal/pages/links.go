package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

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

// A link's page is the same for every link: the token is in the fragment,
// which no server sees, and nothing is looked up or spent before the form is
// posted. Mail scanners may fetch it as often as they like.
func (c *call) getReset() error { return c.showReset(http.StatusOK, ResetPage{}) }

func (c *call) showReset(status int, p ResetPage) error {
	p.Rules, p.SSO = c.rules(), c.Desk.SSO != nil
	return c.show(status, p)
}

func (c *call) linkForm() desk.LinkForm {
	return desk.LinkForm{
		Token: c.form.Get("token"), Password: c.form.Get("password"), Again: c.form.Get("password_again"), Code: c.form.Get("code"),
	}
}

func (c *call) postReset() error {
	f := c.linkForm()
	p := ResetPage{Token: f.Token, AskCode: c.form.Has("code")}
	err := c.Desk.Reset(c.ctx(), c.visit, f)
	bad := (*desk.InvalidError)(nil)
	if errors.As(err, &bad) {
		p.Form = Problems(bad)
	}
	switch {
	case errors.Is(err, desk.ErrCodeNeeded):
		p.AskCode = true
		p.Errors = append(p.Errors, view.FieldError{Field: "code", Text: "This account has two-factor authentication. Type the code that your authenticator app shows now, or a recovery code; and the new password once more."})
	case errors.Is(err, desk.ErrCode):
		p.AskCode = true
		p.Errors = append(p.Errors, view.FieldError{Field: "code", Text: "This code is not right, or was used already. Wait for the next one and type that."})
	case bad != nil:
	case err != nil:
		return err
	default:
		return c.redirect("/login?done=reset")
	}
	return c.showReset(http.StatusUnprocessableEntity, p)
}

func (c *call) getWelcome() error {
	return c.showWelcome(http.StatusOK, WelcomePage{})
}

func (c *call) showWelcome(status int, p WelcomePage) error {
	p.Rules, p.SSO = c.rules(), c.Desk.SSO != nil
	return c.show(status, p)
}

func (c *call) postWelcome() error {
	f := c.linkForm()
	err := c.Desk.Welcome(c.ctx(), c.visit, f)
	if bad := (*desk.InvalidError)(nil); errors.As(err, &bad) {
		return c.showWelcome(http.StatusUnprocessableEntity, WelcomePage{Form: Problems(bad), Token: f.Token})
	}
	if err != nil {
		return err
	}
	return c.redirect("/login?done=welcome")
}
