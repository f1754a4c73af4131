package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var (
	appAdded   = success("added")
	appRemoved = success("removed")
)

// TwoFactorPage lists the operator's authenticator apps.
type TwoFactorPage struct{ desk.Authenticators }

func (TwoFactorPage) Template() string { return "account_two_factor" }

func (c *call) getTwoFactor() error {
	a, err := c.Desk.Authenticators(c.ctx(), c.identity)
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, TwoFactorPage{a})
}

// TwoFactorAddPage adds an authenticator app inside a session. Label is what was
// typed.
type TwoFactorAddPage struct {
	view.Form
	Enrolment
	Label string
}

func (TwoFactorAddPage) Template() string { return "account_two_factor_add" }

func (c *call) getTwoFactorAdd() error {
	e, err := drawn(c.Desk.BeginEnrolment(c.identity))
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, TwoFactorAddPage{Enrolment: e})
}

func (c *call) postTwoFactorAdd() error {
	sealed, label := c.form.Get("enrolment"), c.form.Get("label")
	token, codes, err := c.Desk.ConfirmEnrolment(c.ctx(), c.visit, c.identity, sealed, c.form.Get("code"), label)
	if err == nil {
		c.setCookie(sessionCookie, token)
		if codes == nil {
			return c.redirect(appAdded.at("/account/two-factor"))
		}
		return c.showDone(AccountCodesShownPage{c.ownCodes(codes)})
	}
	f, e, err := c.enrolAgain(err,
		func() (desk.Enrolment, error) { return c.Desk.ShownEnrolment(c.identity, sealed) },
		func() (desk.Enrolment, error) { return c.Desk.BeginEnrolment(c.identity) })
	if err != nil {
		return err
	}
	return c.show(http.StatusUnprocessableEntity, TwoFactorAddPage{Form: f, Enrolment: e, Label: label})
}

// TwoFactorRemovePage asks before an authenticator app is removed.
type TwoFactorRemovePage struct {
	view.Form
	desk.Authenticator
	// Last reports that no other one is left.
	Last bool
}

func (TwoFactorRemovePage) Template() string { return "account_two_factor_remove" }

func (c *call) getTwoFactorRemove() error { return c.showTwoFactorRemove(http.StatusOK, view.Form{}) }

func (c *call) showTwoFactorRemove(status int, f view.Form) error {
	a, err := c.Desk.Authenticators(c.ctx(), c.identity)
	if err != nil {
		return err
	}
	for _, app := range a.Apps {
		if app.ID == c.id() {
			return c.show(status, TwoFactorRemovePage{Form: f, Authenticator: app, Last: len(a.Apps) == 1})
		}
	}
	return desk.ErrNotFound
}

func (c *call) postTwoFactorRemove() error {
	token, err := c.Desk.RemoveAuthenticator(c.ctx(), c.visit, c.identity, c.id())
	if errors.Is(err, desk.ErrRequired) {
		return c.showTwoFactorRemove(http.StatusUnprocessableEntity,
			view.Form{}.Refuse("", c.t("account.remove.required")))
	}
	if err != nil {
		return err
	}
	c.setCookie(sessionCookie, token)
	return c.redirect(appRemoved.at("/account/two-factor"))
}
