package pages

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// fixedHeaders are those of every answer, with their names in the canonical form:
// the header of the answer is filled without [http.Header.Set].
var fixedHeaders = [...]struct{ name, value string }{
	{"Cache-Control", "no-store"},
	{"X-Content-Type-Options", "nosniff"},
	// The alias is confidential, so no link of the office may be passed on.
	{"Referrer-Policy", "no-referrer"},
	{"X-Robots-Tag", "noindex, nofollow"},
	{"X-Frame-Options", "DENY"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"},
}

// The Content-Security-Policy has the nonce between its parts.
const (
	policyStart  = "default-src 'none'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; script-src 'nonce-"
	policyMiddle = "'; style-src 'nonce-"
	policyEnd    = "'"
)

const policyHeader = "Content-Security-Policy"

// setHeaders sets the headers of every answer, before anything can go wrong.
// Their values belong to the call and not to all answers, because the host may
// change them in place.
func (c *call) setHeaders() {
	h, n := c.w.Header(), 0
	c.eachHeader(func(name, value string) {
		if value != "" {
			c.values[n] = value
			n++
			h[name] = c.values[n-1 : n : n]
		}
	})
}

// eachHeader calls set with the headers of every answer. Those that this one does not
// have are empty.
func (c *call) eachHeader(set func(name, value string)) {
	for _, fixed := range &fixedHeaders {
		set(fixed.name, fixed.value)
	}
	hsts, endpoints := "", ""
	if c.secure && !c.Insecure {
		hsts = "max-age=31536000; includeSubDomains"
		if c.HSTSHostOnly {
			hsts = "max-age=31536000"
		}
	}
	if c.Reports {
		endpoints = `office="` + c.base + reportPath + `"`
	}
	set("Strict-Transport-Security", hsts)
	set(policyHeader, c.policy)
	set("Reporting-Endpoints", endpoints)
}

// asset returns the embedded file of a path. Only exact names are found.
func (c *call) asset() (name string, a view.Asset, ok bool) {
	name, below := strings.CutPrefix(c.path, "/static/")
	if !below {
		return name, a, false
	}
	a, ok = c.assets[name]
	if accent := c.Desk.Settings().Office.Accent; !ok && accent != "" {
		a, ok = c.Pages.Accented(accent, name)
	}
	return name, a, ok
}

// serveAsset answers with an embedded file.
func (c *call) serveAsset() {
	name, a, ok := c.asset()
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
	tag, body := name, a.Body
	if a.Gzip != nil && !c.compressedInFront() {
		h["Vary"] = append(h["Vary"], "Accept-Encoding")
		if acceptsGzip(c.r) && c.r.Header.Get("Range") == "" {
			h.Set("Content-Encoding", "gzip")
			tag, body = name+"-gzip", a.Gzip
		}
	}
	h.Set("Etag", `"`+tag+`"`)
	// It answers HEAD, ranges and If-None-Match.
	http.ServeContent(c.w, c.r, "", time.Time{}, bytes.NewReader(body))
}

// compressedInFront reports whether middleware around the gate compresses answers. It
// states that as soon as it has the request; some of it, such as Echo's, also compresses
// what is compressed already.
func (c *call) compressedInFront() bool {
	h := c.w.Header()
	return h.Get("Content-Encoding") != "" || slices.ContainsFunc(h.Values("Vary"), func(v string) bool {
		return strings.Contains(strings.ToLower(v), "accept-encoding")
	})
}

// acceptsGzip reports whether a client takes an answer compressed with gzip (RFC 9110
// section 12.5.3).
func acceptsGzip(r *http.Request) bool {
	others := false
	for _, value := range r.Header.Values("Accept-Encoding") {
		for coding := range strings.SplitSeq(value, ",") {
			coding, weight, _ := strings.Cut(coding, ";")
			_, q, weighed := strings.Cut(weight, "=")
			n, err := strconv.ParseFloat(strings.TrimSpace(q), 64)
			taken := !weighed || err == nil && n > 0
			switch strings.ToLower(strings.TrimSpace(coding)) {
			case "gzip", "x-gzip":
				return taken
			case "*":
				others = taken
			}
		}
	}
	return others
}
