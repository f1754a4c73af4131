package pages

import "net/http"

// SignedOutPage confirms that the session has ended.
type SignedOutPage struct {
	// Company is the identity provider at which the browser may still be signed in, and
	// CompanyURL where it signs out there; empty if there is none.
	Company, CompanyURL string
}

func (SignedOutPage) Template() string { return "signed_out" }

// ContinuePage goes on to Next, a path inside the office, on its own. After a link
// on another site the browser does not send cookies that are SameSite=Strict;
// from a page of this site it does.
type ContinuePage struct {
	Next string
	// Company is the identity provider that led back here; empty for any other site.
	Company string
}

func (ContinuePage) Template() string { return "continue" }

// SignOutPage asks an operator whether to sign out.
type SignOutPage struct{}

func (SignOutPage) Template() string { return "sign_out" }

func (c *call) getLogout() error {
	if c.identity != nil {
		// A link must not sign anyone out.
		return c.show(http.StatusOK, SignOutPage{})
	}
	return c.show(http.StatusOK, SignedOutPage{})
}

// signInPath is where a new password leads: to the sign-in page or, in a browser that
// is still signed in to another account, to the page that signs out.
func (c *call) signInPath() string {
	if c.identity == nil {
		return "/login"
	}
	if _, err := c.Desk.Authenticate(c.ctx(), c.visit, c.token(sessionCookie)); err != nil {
		return "/login" // it was this account's, and has ended
	}
	return "/logout"
}

func (c *call) postLogout() error {
	company := c.Desk.CompanySignOutURL(c.ctx(), c.identity)
	if err := c.endSession(); err != nil {
		return err
	}
	if company != "" {
		c.identity = nil
		return c.showDone(SignedOutPage{Company: c.Desk.CompanyName(), CompanyURL: company})
	}
	return c.redirect("/logout")
}

// endSession ends the session of this browser, and removes what it keeps of it.
func (c *call) endSession() error {
	if err := c.Desk.SignOut(c.ctx(), c.visit, c.identity); err != nil {
		return err
	}
	c.setCookie(sessionCookie, "")
	// Not "cookies" or "storage": those may be the community's (D-14).
	c.w.Header().Set("Clear-Site-Data", `"cache"`)
	return nil
}
