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

// TestATemplateOfTheHostThatFailsShowsNothing is about mistakes that New does not find on its
// sample of the page's data.
func TestATemplateOfTheHostThatFailsShowsNothing(t *testing.T) {
	original := func(name string) string {
		text, err := os.ReadFile("../internal/pages/templates/" + name)
		require.NoError(t, err)
		return string(text)
	}
	login := func(broken string) string {
		return strings.Replace(original("login.html"), `{{define "content" -}}`, `{{define "content"}}<p>HALF</p>`+broken, 1)
	}
	for name, c := range map[string]struct {
		file, text, says string
	}{
		"an index out of range":   {"login.html", login(`{{index .Frame.Notices 1}}`), "Something went wrong"},
		"no end":                  {"login.html", login(`{{if not .Frame.Notices}}{{range 1000000000}}on and on and on and on and on and on and on{{end}}{{end}}`), "Something went wrong"},
		"the layout of all pages": {"layout.html", strings.Replace(original("layout.html"), "</body>", "HALF{{index .Frame.Notices 1}}</body>", 1), "Internal Server Error"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, func(cfg *backoffice.Config) { cfg.PageTemplates = fstest.MapFS{c.file: {Data: []byte(c.text)}} })
			p := o.Browser().Get("/login")
			require.Equal(t, http.StatusInternalServerError, p.Status)
			require.Contains(t, p.Body, c.says)
			require.NotContains(t, p.Body, "HALF")
			require.NotEmpty(t, p.Header.Get("Content-Security-Policy"))
			require.Equal(t, "no-store", p.Header.Get("Cache-Control"))
		})
	}
}
