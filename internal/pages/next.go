package pages

import (
	"net/url"
	"path"
	"strings"
	"unicode"
)

// maxNext is how long a path to go on to may be.
const maxNext = 1024

// next is where to go on to: a path inside the office, or its home page for
// anything else (ASVS 3.7.2).
func (c *call) next(to string) string { return safeNext(to) }

// safeNext accepts only what stays inside whatever it is put behind: one slash
// in front, no second one, no backslash, which browsers read as a slash, no
// control character, no dot segments, no scheme, no host. Pages of signing in
// and out are no place to go on to.
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
	if u.Path != clean && u.Path != clean+"/" || strings.ContainsAny(u.Path, "\\") || strings.HasPrefix(u.Path, "//") ||
		strings.ContainsFunc(u.Path, unicode.IsControl) {
		return home
	}
	for _, p := range []string{"/login", "/logout", "/setup", "/forgot", "/reset", "/welcome", "/step-up", "/static"} {
		if clean == p || strings.HasPrefix(clean, p+"/") {
			return home
		}
	}
	return u.RequestURI()
}

// wanted is the path that was asked for, to go on to after signing in. Only
// what was fetched can be fetched again.
func (c *call) wanted() string {
	if c.unsafe() {
		return "/"
	}
	u := url.URL{Path: c.inner.URL.Path, RawPath: c.inner.URL.RawPath, RawQuery: c.r.URL.RawQuery}
	return safeNext(u.RequestURI())
}

// withNext puts a path to go on to behind a page.
func withNext(page, to string) string {
	if to == "/" {
		return page
	}
	return page + "?" + url.Values{"next": {to}}.Encode()
}
