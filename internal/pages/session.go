package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

func (c *call) getLogout() error {
	if c.identity != nil {
		// A link cannot sign anybody out.
		return c.redirect("/account")
	}
	return c.show(http.StatusOK, SignedOutPage{Ended: c.r.URL.Query().Has("ended")})
}

func (c *call) postLogout() error {
	if err := c.Desk.SignOut(c.ctx(), c.visit, c.identity); err != nil {
		return err
	}
	c.setCookie(sessionCookie, "")
	// Not "cookies" or "storage": those may be the community's (D-14).
	c.w.Header().Set("Clear-Site-Data", `"cache"`)
	return c.redirect("/logout")
}

func (c *call) getStepUp() error {
	return c.show(http.StatusOK, StepUpPage{Next: c.next(c.r.URL.Query().Get("next")), AskCode: c.identity.TwoFactor})
}

func (c *call) postStepUp() error {
	p := StepUpPage{Next: c.next(c.form.Get("next")), AskCode: c.identity.TwoFactor}
	token, err := c.Desk.StepUp(c.ctx(), c.visit, c.identity, c.form.Get("password"), c.form.Get("code"))
	bad := (*desk.InvalidError)(nil)
	switch {
	case errors.As(err, &bad):
		p.Form = Problems(bad)
	case errors.Is(err, desk.ErrCredentials):
		p.Form = view.Form{}.Refuse("password", "This is not your password.")
	case errors.Is(err, desk.ErrCode):
		p.Form = view.Form{}.Refuse("code", "This code is not right, or was used already. Wait for the next one and type that.")
	case err != nil:
		return err
	default:
		c.setCookie(sessionCookie, token)
		return c.redirect(p.Next)
	}
	return c.show(http.StatusUnprocessableEntity, p)
}
