package backoffice_test

import (
	"encoding/base64"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice"
)

// fixed is what every answer of the office carries, as it is.
var fixed = map[string]string{
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "no-referrer",
	"X-Robots-Tag":                 "noindex, nofollow",
	"X-Frame-Options":              "DENY",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy":           "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}

var (
	nonceSource = regexp.MustCompile(`^default-src 'none'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; script-src 'nonce-([^']+)'; style-src 'nonce-([^']+)'(?:; report-to office; report-uri (?:/our/forum)?/[a-z2-7]+/csp-report)?$`)
	activeTag   = regexp.MustCompile(`<(script|style|link rel="stylesheet")([^>]*)>`)
	contentType = regexp.MustCompile(`^(text/(html|css|csv|javascript|plain); charset=utf-8|application/x-ndjson; charset=utf-8|application/(problem\+)?json|image/(svg\+xml|png))$`)
	// inline and external are looked for in every page of every test, and begin
	// with something fixed, which makes them ten times as fast.
	inline   = []*regexp.Regexp{regexp.MustCompile(` on[a-z]+="`), regexp.MustCompile(` style="`)}
	external = []*regexp.Regexp{
		regexp.MustCompile(`src="(https?:)?//`), regexp.MustCompile(`href="(https?:)?//`), regexp.MustCompile(`action="(https?:)?//`),
	}
)

// requireHeaders is asked of every answer that the browser of these tests gets
// from the office, whatever its status.
func requireHeaders(t testing.TB, r *http.Request, p page, insecure bool, cookiePath string) {
	t.Helper()
	for name, want := range fixed {
		require.Equal(t, []string{want}, p.Header[name], "%s of %d at %s", name, p.Status, p.Path)
	}
	for name := range p.Header {
		require.False(t, strings.HasPrefix(name, "Access-Control-"), name)
		require.NotContains(t, []string{"Server", "X-Powered-By"}, name)
	}
	if p.Status == http.StatusUnauthorized {
		require.Equal(t, []string{`Cookie realm="office"`}, p.Header["Www-Authenticate"], "browsers know no such scheme")
	} else {
		require.Empty(t, p.Header["Www-Authenticate"])
	}
	if r.URL.Scheme == "https" && !insecure {
		require.Equal(t, "max-age=31536000; includeSubDomains", p.Header.Get("Strict-Transport-Security"))
	} else {
		require.Empty(t, p.Header.Get("Strict-Transport-Security"), "it means nothing over plain HTTP (RFC 6797 section 7.2)")
	}
	if p.Body != "" {
		require.Regexp(t, contentType, p.Header.Get("Content-Type"), p.Path)
	}
	for _, c := range (&http.Response{Header: p.Header}).Cookies() {
		requireCookie(t, c, insecure, cookiePath)
	}
	policy := p.Header.Get("Content-Security-Policy")
	require.NotContains(t, policy, "unsafe")
	if strings.HasPrefix(p.Path, "/static/") && slices.Contains([]int{http.StatusOK, http.StatusPartialContent, http.StatusNotModified}, p.Status) {
		require.Contains(t, policy, "default-src 'none'")
		require.Contains(t, policy, "frame-ancestors 'none'")
		require.Contains(t, p.Header.Get("Cache-Control"), "immutable")
		return
	}
	require.Equal(t, "no-store", p.Header.Get("Cache-Control"))
	m := nonceSource.FindStringSubmatch(policy)
	require.NotNil(t, m, policy)
	require.Equal(t, m[1], m[2])
	nonce, err := base64.URLEncoding.DecodeString(m[1])
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(nonce), 16)
	for _, tag := range activeTag.FindAllStringSubmatch(p.Body, -1) {
		require.Contains(t, tag[2], `nonce="`+m[1]+`"`, p.Path)
	}
	body := strings.ReplaceAll(p.Body, `href="`+testoffice.Issuer+"/", `href="/`) // the identity provider, on purpose
	for _, pattern := range slices.Concat(inline, external) {
		require.False(t, pattern.MatchString(body), "%s at %s: %s", pattern, p.Path, body)
	}
}

func requireCookie(t testing.TB, c *http.Cookie, insecure bool, path string) {
	t.Helper()
	prefix := "__Host-"
	switch {
	case insecure:
		prefix = ""
	case path != "/":
		prefix = "__Secure-"
	}
	require.Regexp(t, "^"+prefix+"office-[0-9a-f]{12}(-pre|-browser|-scheme|-kept|-flow)?$", c.Name)
	require.Equal(t, path, c.Path)
	require.Empty(t, c.Domain)
	require.True(t, c.HttpOnly)
	require.Equal(t, !insecure, c.Secure)
	require.Zero(t, c.Expires)
	if strings.HasSuffix(c.Name, "-flow") && c.Value != "" {
		require.Equal(t, http.SameSiteLaxMode, c.SameSite, "the identity provider is another site")
		require.Equal(t, 600, c.MaxAge)
		require.LessOrEqual(t, len(c.Name)+len(c.Value), 4000)
		return
	}
	require.Equal(t, http.SameSiteStrictMode, c.SameSite)
	require.LessOrEqual(t, len(c.Name)+len(c.Value), 256)
	if c.Value == "" {
		require.Negative(t, c.MaxAge)
		return
	}
	if strings.HasSuffix(c.Name, "-scheme") {
		require.Equal(t, 365*24*60*60, c.MaxAge)
		require.Contains(t, []string{"light", "dark"}, c.Value)
		return
	}
	values := []string{c.Value}
	if strings.HasSuffix(c.Name, "-browser") {
		require.Equal(t, 180*24*60*60, c.MaxAge)
		values = strings.Split(c.Value, ".")
		require.LessOrEqual(t, len(values), 4)
	} else {
		require.Zero(t, c.MaxAge, "it ends with the browser")
	}
	for _, value := range values {
		token, err := base64.RawURLEncoding.DecodeString(value)
		require.NoError(t, err)
		require.Len(t, token, 32)
	}
}

func TestEveryAnswerHasItsOwnNonce(t *testing.T) {
	o := newOffice(t)
	seen := map[string]bool{}
	b := o.Browser()
	for range 20 {
		policy := b.Get("/login").Header.Get("Content-Security-Policy")
		require.False(t, seen[policy])
		seen[policy] = true
	}
}

func TestAssets(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) {
		c.Look.Logo = []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>`)
	})
	ada := o.Enrolled("Ada", backoffice.Moderator)
	page := ada.Get("/login").Body + ada.Get("/").Body
	links := regexp.MustCompile(o.Base+`(/static/[^"]+)"`).FindAllStringSubmatch(page, -1)
	require.GreaterOrEqual(t, len(links), 4)
	for _, link := range links {
		in, out := ada.Get(link[1]), o.Browser().Get(link[1])
		require.Equal(t, http.StatusOK, in.Status, link[1])
		require.NotEmpty(t, in.Body)
		require.Equal(t, in.Body, out.Body, "the same bytes, signed in or out")
		require.Empty(t, in.Header.Values("Set-Cookie"))
		require.Empty(t, ada.Send(ada.Request(http.MethodHead, link[1], nil)).Body)
		refused := ada.Post(link[1], nil)
		require.Equal(t, http.StatusMethodNotAllowed, refused.Status)
		require.Equal(t, "GET, HEAD", refused.Header.Get("Allow"))
	}
	for _, path := range []string{"/static/", "/static/none.css", "/static/../static/x", "/static/postern.css", "/static"} {
		require.Contains(t, []int{http.StatusNotFound, http.StatusMovedPermanently}, ada.Get(path).Status, path)
		require.True(t, ada.SignedIn(), "a missing picture signs nobody out")
	}
	require.Equal(t, http.StatusNotFound, o.Browser().Get("/static/none.css").Status)
}
