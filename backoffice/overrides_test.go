package backoffice_test

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// TestATemplateOfTheHostThatFailsShowsNothing is about mistakes that only show when a
// page is rendered.
func TestATemplateOfTheHostThatFailsShowsNothing(t *testing.T) {
	layout, err := os.ReadFile("../internal/pages/templates/layout.html")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		file, text, says string
	}{
		"a field that does not exist": {"login.html", `{{define "content"}}<p>HALF</p>{{.Page.Lgin}}{{end}}`, "Something went wrong"},
		"an index out of range":       {"login.html", `{{define "content"}}<p>HALF</p>{{index .Frame.Notices 99}}{{end}}`, "Something went wrong"},
		"no end":                      {"login.html", `{{define "content"}}<p>HALF</p>{{range 1000000000}}on and on and on and on and on and on and on and on{{end}}{{end}}`, "Something went wrong"},
		"the layout of all pages":     {"layout.html", strings.Replace(string(layout), "</body>", "HALF{{.Frame.Nope}}</body>", 1), "Internal Server Error"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, func(cfg *backoffice.Config) { cfg.PageTemplates = fstest.MapFS{c.file: {Data: []byte(c.text)}} })
			p := o.Browser().Get("/login")
			require.Equal(t, http.StatusInternalServerError, p.Status)
			require.Contains(t, p.Body, c.says)
			require.NotContains(t, p.Body, "HALF")
			require.NotContains(t, p.Body, "Nope")
			require.NotEmpty(t, p.Header.Get("Content-Security-Policy"))
			require.Equal(t, "no-store", p.Header.Get("Cache-Control"))
		})
	}
}
