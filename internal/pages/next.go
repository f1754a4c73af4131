package pages

import (
	"net/url"
	"path"
	"strings"
	"unicode"
)

// maxNext is the longest return path, in bytes: that of a page of ticked operators.
const maxNext = 2048

// safeNext returns a path inside the office to go on to, or the home page if to
// is anything else (ASVS 3.7.2). It accepts only paths that stay inside the one
// they are put behind: one slash at the start and no second one, no backslash, which
// browsers read as a slash, no control character, dot segment, scheme or host.
// The pages for signing in and out are not accepted either.
func safeNext(to string) string {
	const home = "/"
	if len(to) > maxNext || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") ||
		strings.ContainsRune(to, '\\') || strings.ContainsFunc(to, unicode.IsControl) {
		return home
	}
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || u.Fragment != "" {
		return home
	}
	clean := path.Clean(u.Path)
	if u.Path != clean && u.Path != clean+"/" || strings.ContainsRune(u.Path, '\\') || strings.HasPrefix(u.Path, "//") ||
		strings.ContainsFunc(u.Path, unicode.IsControl) {
		return home
	}
	for _, p := range []string{"/login", "/logout", "/setup", "/forgot", "/reset", "/welcome", "/step-up", "/static"} {
		if within(clean, p) {
			return home
		}
	}
	return u.RequestURI()
}

// within reports whether a path is top, or below it.
func within(path, top string) bool { return path == top || strings.HasPrefix(path, top+"/") }

// withNext adds a path to go on to to the link of a page.
func withNext(page, to string) string {
	if to == "/" {
		return page
	}
	return page + "?" + url.Values{"next": {to}}.Encode()
}

// requested returns the path that was asked for, to go on to after signing in.
// Only a path that was fetched can be fetched again.
func (c *call) requested() string {
	if c.unsafe() {
		return "/"
	}
	u := url.URL{Path: c.inner.URL.Path, RawPath: c.inner.URL.RawPath, RawQuery: c.r.URL.RawQuery}
	return safeNext(u.RequestURI())
}

// onward returns where the page that follows a link of another site goes on to:
// the path that was asked for.
func (c *call) onward() string {
	switch c.path {
	case "/login":
		return withNext("/login", c.next(c.query()))
	case "/login/passkey", "/login/code", "/login/recovery", "/login/enrol", "/login/enrol/passkey", "/login/lost-phone":
		return c.path
	}
	return c.requested()
}

// returnTo returns where the button of a refusal leads: to the page that was
// asked for, or to the form that was posted.
func (c *call) returnTo() string {
	if c.unsafe() {
		return c.back()
	}
	return c.requested()
}

// back returns the page that a refused form is on. A form that is only a button,
// such as unlocking, is on the page above.
func (c *call) back() string {
	p := c.path
	if c.postOnly {
		p = path.Dir(p)
	}
	switch p {
	case "/login/with-passkey", "/login/passkey", "/login/code", "/login/recovery", "/login/enrol", "/login/enrol/passkey":
		return "/login"
	case "/login", "/setup", "/forgot", "/reset", "/welcome", "/step-up":
		return p
	}
	return safeNext(p)
}
