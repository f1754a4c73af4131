package pages

import (
	"errors"
	"net/http"
	"net/url"
	"path"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// StepUpPage confirms the operator's identity before something sensitive.
type StepUpPage struct {
	view.Form
	// Next is the path inside the office to go on to.
	Next string
	// Kept reports that Next is a form with what was typed. Cancel leads to the nearest
	// page above Next that opens without this; to Next itself if it is a kept form that does.
	Kept   bool
	Cancel string
	// AskCode asks for a code too, as the operator has an authenticator app.
	AskCode bool
	// Company is the identity provider at which the operator can confirm who they are;
	// empty if they cannot. NoPassword reports that they cannot with a password.
	Company    string
	NoPassword bool
	// Flow is what was begun there, and takes only the code now; else empty.
	Flow string
}

func (StepUpPage) Template() string { return "step_up" }

func (c *call) getStepUp() error {
	p := c.stepUpPage(c.next(c.query()))
	p.Flow = c.query().Get("flow")
	return c.showStepUp(http.StatusOK, p)
}

// showStepUp shows the ways to confirm who one is that the operator has.
func (c *call) showStepUp(status int, p StepUpPage) error {
	ways, err := c.Desk.StepUpWays(c.ctx(), c.identity)
	if err != nil {
		return err
	}
	if p.NoPassword = !ways.Password; ways.Company {
		p.Company = c.Desk.CompanyName()
	}
	return c.show(status, p)
}

func (c *call) stepUpPage(next string) StepUpPage {
	p := StepUpPage{Next: next, AskCode: c.identity.TwoFactor, Cancel: "/"}
	to, err := url.Parse(next)
	if err != nil {
		return p
	}
	if p.Kept = to.Query().Has(keptField); p.Kept && c.opens(to) {
		p.Cancel = next
		return p
	}
	for above := path.Dir(to.EscapedPath()); len(above) > 1; above = path.Dir(above) {
		if u, err := url.Parse(above); err == nil && c.opens(u) {
			p.Cancel = above
			break
		}
	}
	return p
}

// opens reports whether the reader may open a page without confirming their identity.
func (c *call) opens(to *url.URL) bool {
	_, pattern := c.mux.Handler(&http.Request{Method: http.MethodGet, Host: c.inner.Host, URL: to})
	e := c.routes[pattern]
	if e == nil {
		e = c.endpointOf(to)
	}
	page, ok := e[http.MethodGet]
	return ok && page.access == session && page.handle != nil && (page.permission == "" || c.identity.Can(page.permission)) && (page.part == "" || c.identity.Can(page.part))
}

func (c *call) postStepUp() error {
	p := c.stepUpPage(c.next(c.form))
	p.Flow = c.form.Get("flow")
	token, err := c.stepUp(p.Flow)
	bad := (*desk.InvalidError)(nil)
	switch {
	case errors.As(err, &bad):
		p.Form = c.problems(bad)
	case errors.Is(err, desk.ErrCredentials):
		p.Form = p.Refuse("password", c.t("signin.step_up.wrong"))
	case errors.Is(err, desk.ErrCode), errors.Is(err, desk.ErrUnreadable):
		p.Form = p.Refuse("code", c.wrongCode(err, "signin.code.wrong"))
	case err != nil:
		return err
	default:
		c.setCookie(sessionCookie, token)
		return c.redirect(p.Next)
	}
	return c.showStepUp(http.StatusUnprocessableEntity, p)
}

// stepUp returns the new token of the session, by the password and a code, or by what the
// identity provider said and a code.
func (c *call) stepUp(flow string) (token string, err error) {
	if flow == "" {
		return c.Desk.StepUp(c.ctx(), c.visit, c.identity, c.form.Get("password"), c.form.Get("code"))
	}
	done, err := c.Desk.StepUpCompany(c.ctx(), c.visit, c.identity, c.value(flowCookie), flow, c.form.Get("code"))
	c.keepFlows(done.Cookie)
	return done.Token, err
}
