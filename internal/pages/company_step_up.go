package pages

import "github.com/postern-go/postern/internal/desk"

// StepUpCompanyPage confirms the operator's identity at the company's identity provider. If
// there is a Flow, it has done so, and a code of the office's own second factor is missing.
type StepUpCompanyPage struct {
	StepUpPage
	Flow string
}

func (StepUpCompanyPage) Template() string { return "step_up_company" }

// showStepUp shows the ways to confirm who one is that the operator has.
func (c *call) showStepUp(status int, p StepUpPage, flow string) error {
	var err error
	if p.Passkey, err = c.Desk.StepUpPasskey(c.ctx(), c.identity); err != nil { // the options are for one answer
		return err
	}
	p.Only = p.Passkey != "" && c.identity.PasskeyRequired
	if c.Desk.CompanyName() == "" || p.Only {
		return c.show(status, p)
	}
	ways, err := c.Desk.StepUpWays(c.ctx(), c.identity)
	if err != nil {
		return err
	}
	if ways.Company {
		p.Company, p.NoPassword = c.Desk.CompanyName(), !ways.Password
	}
	if ways.Company && (flow != "" || p.NoPassword && p.Passkey == "") {
		return c.show(status, StepUpCompanyPage{p, flow})
	}
	return c.show(status, p)
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

// postStepUpCompany confirms who someone is at the identity provider, in a session.
func (c *call) postStepUpCompany() error {
	next := c.next(c.form)
	return c.beginCompany(desk.CompanyStart{Purpose: desk.CompanyStepUp, Next: next}, withNext("/step-up", next))
}
