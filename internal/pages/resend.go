package pages

import (
	"net/url"
	"slices"
	"strings"
)

// Resend is a form that could not be handled, for a page whose button sends exactly the same
// again, with the token that it came with. If it was handled after all, it is not handled
// twice: it gets the answer of the first time.
type Resend struct {
	// Path is where it is posted to, inside the office; empty if the page has no form to
	// send again. Token is the form token that it came with.
	Path, Token string
	Fields      []Hidden
	// Secret reports that the form has a password or a code. The page does not contain
	// those, so all of it must be typed again.
	Secret bool
}

// sameForm returns the form of this request, if a page of ours sent it. The browser must
// state that it did: what is not known to come from us is not sent back. It needs no store.
func (c *call) sameForm() (again Resend) {
	if same, _ := c.sameOrigin(); !same || !c.unsafe() || c.endpoint() == nil || !c.navigation() {
		return again
	}
	if !c.formRead() || c.form.Get(tokenField) == "" {
		return again
	}
	if again.Secret = mustTypeAgain(c.form); again.Secret {
		return again
	}
	again.Token = c.form.Get(tokenField)
	for _, name := range append(slices.Clone(c.route().fields), keptField) {
		for _, value := range c.form[name] {
			again.Fields = append(again.Fields, Hidden{name, value})
		}
	}
	again.Path = (&url.URL{Path: c.path, RawPath: c.rawPath(), RawQuery: c.r.URL.RawQuery}).RequestURI()
	return again
}

// formRead reports whether the form of a request is read, and reads it if that costs little.
func (c *call) formRead() bool {
	return c.form != nil || c.r.ContentLength >= 0 && c.r.ContentLength <= max(maxForm, min(c.route().most, mostTyped)) && c.readForm() == nil
}

// secrets are fields of which no page sends back what was typed.
var secrets = []string{"code", "token", "enrolment", "password", "password_again", "current_password"}

// mustTypeAgain reports whether a form has a secret.
func mustTypeAgain(form url.Values) bool {
	return slices.ContainsFunc(secrets, func(name string) bool { return strings.Join(form[name], "") != "" })
}
