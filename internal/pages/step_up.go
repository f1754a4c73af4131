package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// StepUpPage asks again for password, and code where there is one, before
// something sensitive.
type StepUpPage struct {
	view.Form
	// Next is the path inside the office to go to afterwards.
	Next string
	// AskCode is true when the operator has a second factor.
	AskCode bool
}

func (StepUpPage) Template() string { return "step_up" }

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
