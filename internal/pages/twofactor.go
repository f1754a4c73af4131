package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

func (c *call) getTwoFactor() error {
	a, err := c.Desk.Authenticators(c.ctx(), c.identity)
	if err != nil {
		return err
	}
	p := TwoFactorPage{CodesLeft: a.RecoveryCodes, Required: a.Required, MayRemove: !a.Required || len(a.Factors) > 1}
	for _, f := range a.Factors {
		p.Authenticators = append(p.Authenticators, Authenticator{
			Label: f.Label, Added: f.ConfirmedAt, LastUsed: f.LastUsedAt, RemovePath: "/account/two-factor/" + f.ID + "/remove",
		})
	}
	return c.show(http.StatusOK, p)
}

func (c *call) getTwoFactorAdd() error {
	e, err := c.Desk.BeginEnrolment(c.ctx(), c.identity)
	if err != nil {
		return err
	}
	return c.showTwoFactorAdd(http.StatusOK, e, view.Form{})
}

func (c *call) showTwoFactorAdd(status int, e desk.Enrolment, f view.Form) error {
	shown, err := showEnrolment(e)
	if err != nil {
		return err
	}
	return c.show(status, TwoFactorAddPage{Form: f, Enrolment: shown, Label: c.form.Get("label")})
}

func (c *call) postTwoFactorAdd() error {
	ctx, sealed := c.ctx(), c.form.Get("enrolment")
	token, codes, err := c.Desk.ConfirmEnrolment(ctx, c.visit, c.identity, sealed, c.form.Get("code"), c.form.Get("label"))
	if err == nil {
		c.setCookie(sessionCookie, token)
		if codes == nil {
			return c.redirect("/account/two-factor?done=added")
		}
		c.fresh = token
		return c.show(http.StatusOK, AccountCodesShownPage{Codes: codes})
	}
	f, ours := refusedCode(err)
	if !ours {
		return err
	}
	e, shownErr := c.Desk.ShownEnrolment(ctx, c.identity, sealed)
	if errors.Is(shownErr, desk.ErrStale) {
		f = view.Form{}.Refuse("", done["stale-enrolment"].Text)
		e, shownErr = c.Desk.BeginEnrolment(ctx, c.identity)
	}
	if shownErr != nil {
		return shownErr
	}
	return c.showTwoFactorAdd(http.StatusUnprocessableEntity, e, f)
}

// removing finds the authenticator that a page asks about, among one's own.
func (c *call) removing() (TwoFactorRemovePage, error) {
	a, err := c.Desk.Authenticators(c.ctx(), c.identity)
	if err != nil {
		return TwoFactorRemovePage{}, err
	}
	for _, f := range a.Factors {
		if f.ID == c.inner.PathValue("id") {
			return TwoFactorRemovePage{Label: f.Label, Path: c.path, Last: len(a.Factors) == 1}, nil
		}
	}
	return TwoFactorRemovePage{}, desk.ErrNotFound
}

func (c *call) getTwoFactorRemove() error {
	p, err := c.removing()
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, p)
}

func (c *call) postTwoFactorRemove() error {
	token, err := c.Desk.RemoveAuthenticator(c.ctx(), c.visit, c.identity, c.inner.PathValue("id"))
	if errors.Is(err, desk.ErrRequired) {
		p, err := c.removing()
		if err != nil {
			return err
		}
		p.Form = view.Form{}.Refuse("", "This office requires two-factor authentication. Add another authenticator app first.")
		return c.show(http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	c.setCookie(sessionCookie, token)
	return c.redirect("/account/two-factor?done=removed")
}

func (c *call) getRecoveryCodes() error {
	a, err := c.Desk.Authenticators(c.ctx(), c.identity)
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, AccountCodesPage{
		TwoFactor: c.identity.TwoFactor, Left: a.RecoveryCodes, Total: desk.RecoveryCodes, Made: a.RecoveryCodesMade,
	})
}

func (c *call) getRecoveryCodesNew() error {
	a, err := c.Desk.Authenticators(c.ctx(), c.identity)
	if err != nil {
		return err
	}
	if len(a.Factors) == 0 {
		return c.redirect("/account/recovery-codes")
	}
	return c.show(http.StatusOK, AccountCodesNewPage{Left: a.RecoveryCodes})
}

func (c *call) postRecoveryCodes() error {
	token, codes, err := c.Desk.ReplaceRecoveryCodes(c.ctx(), c.visit, c.identity)
	if err != nil {
		return err
	}
	c.setCookie(sessionCookie, token)
	c.fresh = token
	return c.show(http.StatusOK, AccountCodesShownPage{Codes: codes})
}
