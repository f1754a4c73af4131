package pages

import (
	"net/http"

	"github.com/postern-go/postern/internal/desk"
)

// setHeaders sets the headers of every answer, before anything can go wrong.
func (c *call) setHeaders() {
	h := c.w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	// The alias is confidential, so no link of the office may be passed on.
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
	if c.secure && !c.Insecure {
		hsts := "max-age=31536000"
		if !c.HSTSHostOnly {
			hsts += "; includeSubDomains"
		}
		h.Set("Strict-Transport-Security", hsts)
	}
	policy := "default-src 'none'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
	policy += "; script-src 'nonce-" + c.makeNonce() + "'; style-src 'nonce-" + c.nonce + "'"
	h.Set("Content-Security-Policy", policy)
}

// serveAsset answers with an embedded file. Only exact names are found.
func (c *call) serveAsset(name string) {
	a, ok := c.assets[name]
	if accent := c.Desk.Settings().Office.Accent; !ok && accent != "" {
		a, ok = c.Pages.Accented(accent, name)
	}
	if !ok {
		c.fail(desk.ErrNotFound)
		return
	}
	if c.method() != http.MethodGet {
		c.w.Header().Set("Allow", "GET, HEAD")
		c.problem(http.StatusMethodNotAllowed, MethodNotAllowedPage{})
		return
	}
	h := c.w.Header()
	h.Set("Content-Type", a.ContentType)
	// The name changes with the content.
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	c.w.WriteHeader(http.StatusOK)
	if c.r.Method != http.MethodHead {
		_, _ = c.w.Write(a.Body)
	}
}
