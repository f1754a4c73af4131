package pages

import (
	"errors"
	"net/http"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

var (
	appAdded   = success("added", "Authenticator app added. Your other devices were signed out.")
	appRemoved = success("removed", "Authenticator app removed. Your other devices were signed out.")
)

// TwoFactorPage lists the operator's authenticators.
type TwoFactorPage struct {
	Authenticators []Authenticator
	// CodesLeft counts unused recovery codes.
	CodesLeft int
	// Required says that the operator must have two-factor authentication.
	Required bool
	// MayRemove shows the buttons; false when the only one is required.
	MayRemove bool
}

// Authenticator is one of the operator's authenticator apps.
type Authenticator struct {
	Label string
	// Added and LastUsed are times; LastUsed is zero before the first use.
	Added, LastUsed time.Time
	// RemovePath is the page that asks before it removes this one.
	RemovePath string
}

func (TwoFactorPage) Template() string { return "account_two_factor" }

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

// TwoFactorAddPage adds an authenticator to an account that is signed in.
type TwoFactorAddPage struct {
	view.Form
	Enrolment
	// Label is what was typed.
	Label string
}

func (TwoFactorAddPage) Template() string { return "account_two_factor_add" }

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
			return c.redirect(appAdded.at("/account/two-factor"))
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
		f = view.Form{}.Refuse("", staleQRCode)
		e, shownErr = c.Desk.BeginEnrolment(ctx, c.identity)
	}
	if shownErr != nil {
		return shownErr
	}
	return c.showTwoFactorAdd(http.StatusUnprocessableEntity, e, f)
}

// TwoFactorRemovePage asks before an authenticator is removed.
type TwoFactorRemovePage struct {
	view.Form
	// Label is the authenticator, Path where the form is posted: its own page.
	Label, Path string
	// Last says that no other one is left.
	Last bool
}

func (TwoFactorRemovePage) Template() string { return "account_two_factor_remove" }

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
	return c.redirect(appRemoved.at("/account/two-factor"))
}
