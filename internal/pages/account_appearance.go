package pages

import (
	"net/url"
	"time"

	"github.com/postern-go/postern/internal/view"
)

// schemeLife is how long a browser keeps a colour scheme after it was chosen.
const schemeLife = 365 * 24 * time.Hour

// scheme returns the colour scheme that was chosen in this browser. It is the browser's
// and not the account's, because pages for signed-out people also follow it.
func (c *call) scheme() view.Scheme {
	switch s := view.Scheme(c.value(schemeCookie)); s {
	case view.SchemeLight, view.SchemeDark:
		return s
	}
	return view.SchemeSystem
}

// here returns the path of this page, to return to it. It says no notice again.
func (c *call) here() string {
	at, err := url.Parse(c.returnTo())
	if err != nil {
		return "/"
	}
	if q := at.Query(); q.Has("done") {
		q.Del("done")
		at.RawQuery = q.Encode()
	}
	return at.RequestURI()
}

// postAppearance keeps a colour scheme, and returns to the page on which it was chosen.
// Anything but "light" and "dark" is the system's.
func (c *call) postAppearance() error {
	chosen := view.Scheme(c.form.Get("scheme"))
	if chosen != view.SchemeLight && chosen != view.SchemeDark {
		chosen = view.SchemeSystem
	}
	c.setCookie(schemeCookie, string(chosen))
	return c.redirect(c.next(c.form))
}
