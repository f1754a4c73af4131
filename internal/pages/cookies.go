package pages

import (
	"net/http"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/vault"
)

// The office's cookies hold an opaque token and nothing else, and their names
// reveal nothing of it. "__Host-" makes the browser insist on Secure, Path=/ and
// no Domain, so that no other host can set them (ASVS 3.3.3).
const (
	sessionCookie = "office"
	preCookie     = "office-pre"
)

func (c *call) cookieName(name string) string {
	if c.Insecure {
		return name
	}
	return "__Host-" + name
}

// token reads a cookie. Of two with the same name one is not ours, so it returns
// neither.
func (c *call) token(name string) string {
	found := c.r.CookiesNamed(c.cookieName(name))
	if len(found) != 1 || len(found[0].Value) != vault.TokenLength {
		return ""
	}
	return found[0].Value
}

// setCookie sets a cookie until the browser is closed; the session ends earlier,
// on the server (63B-4 section 5.1). An empty value deletes the cookie.
func (c *call) setCookie(name, value string) {
	cookie := &http.Cookie{
		Name: c.cookieName(name), Value: value, Path: "/",
		Secure: !c.Insecure, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
	if value == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(c.w, cookie)
}

// hideCookies removes the office's cookies from a header, so that the host's
// handlers cannot log them or pass them on to another server.
func (c *call) hideCookies(h http.Header) {
	lines := h["Cookie"]
	h.Del("Cookie")
	for _, line := range lines {
		kept := slices.DeleteFunc(strings.Split(line, ";"), func(pair string) bool {
			name, _, _ := strings.Cut(strings.TrimSpace(pair), "=")
			return name == c.cookieName(sessionCookie) || name == c.cookieName(preCookie)
		})
		if len(kept) > 0 {
			h.Add("Cookie", strings.TrimSpace(strings.Join(kept, ";")))
		}
	}
}

// keepToken sets the cookie for the token that a step of the sign-in returned.
func (c *call) keepToken(p desk.Passed) {
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
