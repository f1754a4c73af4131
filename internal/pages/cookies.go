package pages

import (
	"net/http"
	"net/textproto"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/vault"
)

// token reads a cookie that holds one token.
func (c *call) token(which cookie) string {
	token := c.value(which)
	if !isToken(token) {
		return ""
	}
	return token
}

// value reads a cookie. If two have the same name, one of them is not ours, so it
// returns neither.
func (c *call) value(which cookie) string {
	found, value := 0, ""
	for _, line := range c.r.Header["Cookie"] {
		for line != "" {
			var pair string
			pair, line, _ = strings.Cut(line, ";")
			if name, is := splitCookie(pair); name == c.cookies[which] {
				found, value = found+1, is
			}
		}
	}
	if found != 1 {
		return ""
	}
	return value
}

// browserVisit is the visit with the tokens by which the browser is known, for
// services that decide or count a sign-in.
func (c *call) browserVisit() desk.Visit {
	v, rest := c.visit, c.value(browserCookie)
	for range desk.BrowserTokens {
		var token string
		if token, rest, _ = strings.Cut(rest, "."); isToken(token) {
			v.Browsers = append(v.Browsers, token)
		}
	}
	return v
}

// keepBrowsers sets the cookie with the tokens by which the browser is known. If nil,
// they stay as they are.
func (c *call) keepBrowsers(tokens []string) {
	if tokens != nil {
		c.setCookie(browserCookie, strings.Join(tokens, "."))
	}
}

// splitCookie splits a part of a Cookie header as net/http does, but without
// allocating.
func splitCookie(pair string) (name, value string) {
	name, value, _ = strings.Cut(textproto.TrimString(pair), "=")
	return textproto.TrimString(name), value
}

// isToken reports whether a text has the form of a token.
func isToken(s string) bool {
	for _, b := range []byte(s) {
		if (b < 'a' || b > 'z') && (b < 'A' || b > 'Z') && (b < '0' || b > '9') && b != '-' && b != '_' {
			return false
		}
	}
	return len(s) == vault.TokenLength
}

// setCookie sets a cookie until the browser is closed; the session ends earlier, on
// the server (63B-4 section 5.1). The cookie of a known browser stays as long as
// the browser is known, and that of its colour scheme for a year. An empty value
// deletes the cookie.
//
// That of company sign-ins is SameSite=Lax, because the identity provider, another site,
// leads back with it. It opens nothing on its own: what it does counts only once the
// browser has sent the others as well.
func (c *call) setCookie(which cookie, value string) {
	cookie := c.newCookie(c.cookies[which], value)
	switch {
	case value == "":
	case which == browserCookie:
		cookie.MaxAge = int(desk.BrowserLife.Seconds())
	case which == schemeCookie:
		cookie.MaxAge = int(schemeLife.Seconds())
	case which == flowCookie:
		cookie.SameSite, cookie.MaxAge = http.SameSiteLaxMode, int(desk.CompanyFlowLife.Seconds())
	}
	http.SetCookie(c.w, cookie)
	if which == preCookie && value != "" {
		c.forgetOffice()
	}
}

// newCookie returns a cookie that the browser keeps until it is closed, or deletes if it
// has no value.
func (c *call) newCookie(name, value string) *http.Cookie {
	cookie := &http.Cookie{
		Name: name, Value: value, Path: c.Desk.Path + "/",
		Secure: !c.Insecure, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
	if value == "" {
		cookie.MaxAge = -1
	}
	return cookie
}

// hasOurs reports whether a line of a Cookie header has one of the office's
// cookies.
func hasOurs(line string) bool {
	for line != "" {
		var pair string
		pair, line, _ = strings.Cut(line, ";")
		if name, _ := splitCookie(pair); isOffices(name) {
			return true
		}
	}
	return false
}

// withoutOurs removes the office's cookies from a line of a Cookie header.
func withoutOurs(line string) string {
	var kept []string
	for line != "" {
		var pair string
		pair, line, _ = strings.Cut(line, ";")
		if name, _ := splitCookie(pair); !isOffices(name) {
			kept = append(kept, pair)
		}
	}
	return textproto.TrimString(strings.Join(kept, ";"))
}

// keepToken sets the cookies for what a step of the sign-in returned.
func (c *call) keepToken(p desk.Passed) {
	c.keepBrowsers(p.Browsers)
	if !p.SignedIn {
		c.setCookie(preCookie, p.Token)
		return
	}
	c.setCookie(sessionCookie, p.Token)
	c.setCookie(preCookie, "")
}

// preToken returns the token that ties the forms of signed-out clients to their
// browser, and gives one to a browser without. It is not stored, and opens
// nothing.
func (c *call) preToken() string {
	if c.pre == "" {
		c.pre = c.token(preCookie)
	}
	if c.pre == "" {
		c.pre = vault.Token()
		c.setCookie(preCookie, c.pre)
	}
	return c.pre
}
