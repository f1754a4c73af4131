package pages

import (
	"net/http"

	"github.com/postern-go/postern/internal/desk"
)

// head puts on every answer what every answer carries, before anything else
// can go wrong.
func (c *call) head() {
	h := c.w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	// The alias is confidential, so no address of the office is told to anyone.
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

// asset serves an embedded file by its exact name; there is no listing.
func (c *call) asset(name string) {
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
