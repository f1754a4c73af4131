package backoffice_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

func TestBrowsersReportWhatThePolicyBlocked(t *testing.T) {
	const path = "/csp-report"
	off := newOffice(t)
	require.NotContains(t, off.Browser().Get("/login").Header.Get("Content-Security-Policy"), "report", "off unless chosen")
	require.Empty(t, off.Browser().Get("/login").Header.Get("Reporting-Endpoints"))
	require.Equal(t, "/login?done=unsaved", off.Browser().Post(path, nil).Location, "a path like any other")

	o := newOffice(t, func(c *backoffice.Config) { c.PolicyReports = true })
	b := o.Browser()
	answer := b.Get("/login")
	require.Contains(t, answer.Header.Get("Content-Security-Policy"), "; report-to office; report-uri "+o.Base+path)
	require.Equal(t, `office="`+o.Base+path+`"`, answer.Header.Get("Reporting-Endpoints"))
	send := func(kind, body string) int {
		r := b.Request(http.MethodPost, path, strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		return b.Send(r).Status
	}
	const old, current = "application/csp-report", "application/reports+json"
	for _, c := range []struct {
		name, kind, body, directive, blocked string
		status                               int
	}{
		{"report-uri", old, `{"csp-report":{"document-uri":"https://x/k7w3/","effective-directive":"script-src-elem","blocked-uri":"https://evil.example/x?k7w3"}}`, "script-src-elem", "https://evil.example", 204},
		{"report-to", current, `[{"type":"csp-violation","body":{"effectiveDirective":"style-src","blockedURL":"inline"}}]`, "style-src", "inline", 204},
		{"a name longer than any", current, `[{"type":"csp-violation","body":{"effectiveDirective":"img-src","blockedURL":"https://` + strings.Repeat("x", 4000) + `"}}]`, "img-src", "https://" + strings.Repeat("x", 248), 204},
		{"another kind of report", current, `[{"type":"deprecation","body":{"effectiveDirective":"style-src"}}]`, "", "", 204},
		{"no directive", old, `{"csp-report":{"effective-directive":"<script>","blocked-uri":"x"}}`, "", "", 204},
		{"no JSON", current, `{`, "", "", 204},
		{"a form", "application/x-www-form-urlencoded", "a=b", "", "", 415},
		{"too large", old, `{"csp-report":{"effective-directive":"img-src","blocked-uri":"` + strings.Repeat("x", 8<<10) + `"}}`, "", "", 413},
	} {
		before := o.Count("policy.violated")
		require.Equal(t, c.status, send(c.kind, c.body), c.name)
		if c.directive == "" {
			require.Equal(t, before, o.Count("policy.violated"), c.name)
			continue
		}
		e := o.Last()
		require.Equal(t, []string{"policy.violated", c.directive, c.blocked}, []string{e.Code, e.Detail["directive"], e.Detail["blocked"]}, c.name)
		require.NotContains(t, strings.Join([]string{e.Reason, e.Detail["blocked"]}, ""), "k7w3")
	}
	require.Equal(t, http.StatusMethodNotAllowed, b.Get(path).Status)
	for range 70 {
		require.Equal(t, 204, send(old, `{"csp-report":{"effective-directive":"img-src","blocked-uri":"data"}}`))
	}
	require.Equal(t, 60, o.Count("policy.violated"), "a flood is bounded")
}
