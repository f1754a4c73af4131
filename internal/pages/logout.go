package pages

import (
	"net/http"
)

// SignedOutPage confirms that the session is over.
type SignedOutPage struct {
	// Ended says that it ended by itself or from elsewhere.
	Ended bool
}

func (SignedOutPage) Template() string { return "signed_out" }

// ContinuePage goes on to Next by itself. A browser that follows a link from
// another site leaves out cookies that are SameSite=Strict; going on from a
// page of this site brings them along.
type ContinuePage struct {
	// Next is the path inside the office, checked by the handler.
	Next string
}

func (ContinuePage) Template() string { return "continue" }

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
