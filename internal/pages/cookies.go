package pages

import (
	"net/http"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/vault"
)

// The cookies of the office hold an opaque token and nothing else. Their names
// say nothing of the office; "__Host-" makes the browser insist on Secure,
// Path=/ and no Domain, so that no other host can set them (ASVS 3.3.3).
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

// token reads a cookie. Two of the same name are none: one of them is not
// ours.
func (c *call) token(name string) string {
	found := c.r.CookiesNamed(c.cookieName(name))
	if len(found) != 1 || len(found[0].Value) != vault.TokenLength {
		return ""
	}
	return found[0].Value
}

func (c *call) sessionToken() string { return c.token(sessionCookie) }

// setCookie sets a cookie that ends with the browser; the server ends it
// earlier (63B-4 section 5.1). An empty value deletes it.
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

// hideCookies takes the office's cookies out of a header, so that a handler of
// the host's cannot write them into a log or pass them on to another server.
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

// keep keeps the token of a session, or of a pre-session.
func (c *call) keep(token string, signedIn bool) {
	if signedIn {
		c.setCookie(sessionCookie, token)
		c.setCookie(preCookie, "")
		return
	}
	c.setCookie(preCookie, token)
}

// preToken is what ties the forms of somebody signed out to their browser. A
// browser that has none gets one; it is stored nowhere and opens nothing.
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
