package pages

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"

	"github.com/postern-go/postern/internal/desk"
)

// Company sign-in for operators leaves the office and comes back in two hops. The identity
// provider leads to a fixed path outside the office, which [Server.ServeReturn] answers;
// that leads on to companyPath inside, where all cookies are there, and where it counts.

// companyPath begins a sign-in at the identity provider, and ends everything begun there.
const companyPath = "/login/company"

var (
	companyAccepted = success("company-accepted")
	companyLinked   = success("company-linked")
)

// CompanyGoingPage goes on to the identity provider on its own. A redirect would not do:
// the page comes after a form, and Chrome holds every further redirect of a form against
// the form-action of the Content-Security-Policy.
type CompanyGoingPage struct{ Company, URL string }

func (CompanyGoingPage) Template() string { return "company_going" }

// companyOnly reports whether operators sign in at the identity provider alone. Without one,
// the form for a password is all there is.
func (c *call) companyOnly() bool { return c.Desk.CompanyName() != "" && c.Desk.CompanyOnly() }

// beginCompany sends the browser to the identity provider. back is where to go on if that
// is not possible.
func (c *call) beginCompany(s desk.CompanyStart, back string) error {
	s.Cookie = c.value(flowCookie)
	begun, err := c.Desk.BeginCompany(c.ctx(), c.browserVisit(), c.identity, s)
	if err != nil {
		return c.companyFailed(err, back)
	}
	c.keepFlows(begun.Cookie)
	return c.showDone(CompanyGoingPage{Company: c.Desk.CompanyName(), URL: begun.URL})
}

func (c *call) postCompany() error {
	next := c.next(c.form)
	return c.beginCompany(desk.CompanyStart{Purpose: desk.CompanySignIn, Next: next}, withNext("/login", next))
}

// finishing is the page that ends what was begun.
func finishing(flow string) string {
	return companyPath + "?" + url.Values{"flow": {flow}}.Encode()
}

// getCompany ends what was begun at the identity provider, now that the browser sends all
// of its cookies. It is a GET that changes something, once: the cookie of the flow stands
// in for the form token, and no other site can set it or make up what is in it.
func (c *call) getCompany() error {
	if c.crossSiteNavigation() {
		return errCrossSiteNavigation
	}
	flow := c.query().Get("flow")
	if c.Desk.CompanyName() == "" {
		return desk.ErrNotFound
	}
	done, err := c.Desk.FinishCompany(c.ctx(), c.browserVisit(), c.identity, c.value(flowCookie), flow)
	c.keepFlows(done.Cookie)
	if err != nil {
		return c.notFinished(done.Purpose, err)
	}
	done.Next = cmp.Or(done.Next, "/") // a very long one is not kept
	switch done.Purpose {
	case desk.CompanyInvitation:
		c.keepBrowsers(done.Browsers)
		return c.redirect(companyAccepted.at(c.signInPath()))
	case desk.CompanyLink:
		return c.redirect(companyLinked.at(accountCompanyPath))
	case desk.CompanyStepUp:
		if done.CodeNeeded {
			return c.redirect("/step-up?" + url.Values{"flow": {flow}, "next": {done.Next}}.Encode())
		}
		c.setCookie(sessionCookie, done.Token)
		return c.redirect(done.Next)
	}
	if done.Already {
		return c.redirect(done.Next)
	}
	c.keepToken(done.Passed)
	if done.SignedIn {
		return c.redirect(done.Next)
	}
	return c.redirect(c.secondStep())
}

// notFinished says why something could not be ended, and leads back to where it began.
func (c *call) notFinished(of desk.CompanyPurpose, err error) error {
	back := "/login"
	switch {
	case errors.Is(err, desk.ErrPasskeyNeeded):
		return c.redirect("/step-up") // where there is one to use
	case of == desk.CompanyLink:
		back = accountCompanyPath
	case of == desk.CompanyStepUp:
		back = "/step-up"
	case of == desk.CompanyInvitation:
		back = "/welcome"
	case !errors.Is(err, desk.ErrSignInEnded):
	case c.identity != nil:
		return c.redirect("/") // it is done already, perhaps in another tab
	default:
		return err // the sign-in page says so
	}
	return c.companyFailed(err, back)
}

// keepFlows sets the cookie with what is still under way at the identity provider.
func (c *call) keepFlows(value string) {
	if value != "" || c.value(flowCookie) != "" {
		c.setCookie(flowCookie, value)
	}
}

// CompanyProblemPage says why the way through the identity provider led nowhere, and what
// to do. It does not tell someone without an account from someone who may not sign in.
type CompanyProblemPage struct {
	Company, Contact string
	// What is "refused", "cancelled", "down", "taken", "email", or "ended".
	What string
	// Back is where to begin again.
	Back string
}

func (CompanyProblemPage) Template() string { return "company_problem" }

// companyProblems are the errors that have a page, with its kind and status.
var companyProblems = []struct {
	err    error
	what   string
	status int
}{
	{desk.ErrCompanyRefused, "refused", http.StatusForbidden},
	{desk.ErrCompanyCancelled, "cancelled", http.StatusForbidden},
	{desk.ErrCompanyDown, "down", http.StatusServiceUnavailable},
	{desk.ErrCompanyTaken, "taken", http.StatusConflict},
	{desk.ErrCompanyEmail, "email", http.StatusForbidden},
	{desk.ErrSignInEnded, "ended", http.StatusGone},
}

// companyFailed shows what went wrong, or returns an error that has another page.
func (c *call) companyFailed(err error, back string) error {
	for _, p := range companyProblems {
		if !errors.Is(err, p.err) {
			continue
		}
		c.problem(p.status, CompanyProblemPage{Company: c.Desk.CompanyName(), Contact: c.contact(), What: p.what, Back: back})
		return nil
	}
	return err
}
