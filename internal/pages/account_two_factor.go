package pages

import (
	"errors"
	"net/http"
	"slices"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var (
	appAdded   = success("added")
	appRemoved = success("removed")

	passkeyRemoved = success("passkey-removed")
)

// TwoFactorPage lists the operator's passkeys and authenticator apps.
type TwoFactorPage struct {
	desk.Authenticators
	// AddPasskey and AddApp report what can be added, Only that there is just one of both
	// kinds.
	AddPasskey, AddApp, Only bool
}

func (TwoFactorPage) Template() string { return "account_two_factor" }

func (c *call) getTwoFactor() error {
	a, err := c.Desk.Authenticators(c.ctx(), c.identity)
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, TwoFactorPage{
		Authenticators: a, AddPasskey: c.Desk.HasPasskeys() && a.MayAddPasskey(), AddApp: !c.identity.MustAddPasskey,
		Only: len(a.Apps)+len(a.Passkeys) == 1,
	})
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

// TwoFactorRemovePage asks before a passkey or an authenticator app is removed.
type TwoFactorRemovePage struct {
	view.Form
	desk.Authenticator
	// Last reports that no other one is left.
	Last bool
	// Passkeys reports that the office has passkeys, so that others may be.
	Passkeys bool
}

func (TwoFactorRemovePage) Template() string { return "account_two_factor_remove" }

func (c *call) getTwoFactorRemove() error { return c.showTwoFactorRemove(http.StatusOK, view.Form{}) }

func (c *call) showTwoFactorRemove(status int, f view.Form) error {
	a, err := c.Desk.Authenticators(c.ctx(), c.identity)
	if err != nil {
		return err
	}
	one, found := c.ownFactor(a)
	if !found {
		return desk.ErrNotFound
	}
	return c.show(status, TwoFactorRemovePage{Form: f, Authenticator: one, Passkeys: c.Desk.HasPasskeys(), Last: len(a.Apps)+len(a.Passkeys) == 1})
}

// ownFactor returns the one that the path names.
func (c *call) ownFactor(a desk.Authenticators) (desk.Authenticator, bool) {
	for _, one := range slices.Concat(a.Passkeys, a.Apps) {
		if one.ID == c.id() {
			return one, true
		}
	}
	return desk.Authenticator{}, false
}

func (c *call) postTwoFactorRemove() error {
	a, err := c.Desk.Authenticators(c.ctx(), c.identity)
	if err != nil {
		return err
	}
	removed := appRemoved
	if one, _ := c.ownFactor(a); one.Passkey {
		removed = passkeyRemoved
	}
	token, err := c.Desk.RemoveAuthenticator(c.ctx(), c.visit, c.identity, c.id())
	switch {
	case errors.Is(err, desk.ErrPasskeyRequired):
		return c.showTwoFactorRemove(http.StatusUnprocessableEntity, view.Form{}.Refuse("", c.t("passkey.remove.required")))
	case errors.Is(err, desk.ErrRequired):
		return c.showTwoFactorRemove(http.StatusUnprocessableEntity, view.Form{}.Refuse("", c.t("account.remove.required")))
	case err != nil:
		return err
	}
	c.setCookie(sessionCookie, token)
	return c.redirect(removed.at("/account/two-factor"))
}
