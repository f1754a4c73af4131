package backoffice_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
)

// TestAPathWithoutFormTokens has requests to a page of another program, behind the host's
// handler.
func TestAPathWithoutFormTokens(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) {
		c.Tokenless, c.Guards = []string{"/tool/", "/hook"}, browse.Open("tool", "toolbox", "hook", "other")
	})
	reached := 0
	o.Inside.HandleFunc("/", func(http.ResponseWriter, *http.Request) { reached++ })
	ada := o.Enrolled("Ada", backoffice.Moderator)
	const sibling = "https://forum.community.example"
	for what, c := range map[string]struct {
		path, site, origin, kind string
		ok                       bool
	}{
		"a script":                            {"/tool/api", "same-origin", o.Cfg.Origin, "application/json", true},
		"a form, under no-referrer":           {"/tool/save", "same-origin", "null", "application/x-www-form-urlencoded", true},
		"an upload":                           {"/tool/save", "same-origin", "null", "multipart/form-data; boundary=b", true},
		"an older browser":                    {"/tool/", "", o.Cfg.Origin, "text/plain", true},
		"one path":                            {"/hook", "same-origin", "", "", true},
		"a browser that states nothing":       {"/tool/api", "", "", "application/json", false},
		"an older browser, under no-referrer": {"/tool/save", "", "null", "application/x-www-form-urlencoded", false},
		"a sibling host":                      {"/tool/api", "same-site", sibling, "application/json", false},
		"a sibling, by the right origin":      {"/tool/api", "same-site", o.Cfg.Origin, "application/json", false},
		"a sibling, in an older browser":      {"/tool/api", "", sibling, "text/plain", false},
		"another site":                        {"/tool/api", "cross-site", "https://evil.example", "text/plain", false},
		"typed by hand":                       {"/tool/api", "none", "null", "text/plain", false},
		"below one path":                      {"/hook/below", "same-origin", o.Cfg.Origin, "text/plain", false},
		"the folder without its slash":        {"/tool", "same-origin", o.Cfg.Origin, "text/plain", false},
		"a path that begins alike":            {"/toolbox", "same-origin", o.Cfg.Origin, "text/plain", false},
		"out of it again":                     {"/tool/../other", "same-origin", o.Cfg.Origin, "text/plain", false},
		"out of it again, in escapes":         {"/tool/%2e%2e/account/name", "same-origin", o.Cfg.Origin, "text/plain", false},
		"an escape in its name":               {"/t%6fol/api", "same-origin", o.Cfg.Origin, "text/plain", true},
		"a slash in a name below it":          {"/tool/queues/a%2fb", "same-origin", o.Cfg.Origin, "text/plain", true},
		"one name with a slash in it":         {"/tool%2fapi", "same-origin", o.Cfg.Origin, "text/plain", false},
		"one that ends in a slash":            {"/tool%2F", "same-origin", o.Cfg.Origin, "text/plain", false},
		"out of it again, by a slash":         {"/tool/..%2fother", "same-origin", o.Cfg.Origin, "text/plain", false},
		"another page of the host":            {"/other", "same-origin", o.Cfg.Origin, "text/plain", false},
	} {
		t.Run(what, func(t *testing.T) {
			before := reached
			for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, "PROPFIND"} {
				r := ada.Request(method, c.path, strings.NewReader("--b--"))
				for name, value := range map[string]string{"Sec-Fetch-Site": c.site, "Origin": c.origin, "Content-Type": c.kind} {
					r.Header.Del(name)
					if value != "" {
						r.Header.Set(name, value)
					}
				}
				status := ada.Send(r).Status
				require.Equal(t, c.ok, status == http.StatusOK, "%s: %d", method, status)
			}
			require.Equal(t, c.ok, reached == before+5)
			require.True(t, c.ok || reached == before)
		})
	}
	t.Run("and never without a session", func(t *testing.T) {
		before := reached
		require.NotEqual(t, http.StatusOK, o.Browser().Send(ada.Request(http.MethodPost, "/tool/api", nil)).Status)
		require.Equal(t, before, reached)
	})
}
