package main

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/officetest"
)

func TestThePageOfParts(t *testing.T) {
	office := officetest.Mount(t, backoffice.Config{}, func(cfg backoffice.Config) (*backoffice.Office, error) {
		return mount(t.Context(), cfg, http.NewServeMux(), http.NewServeMux())
	})
	p := office.SignIn(t, officetest.Operator{Roles: []string{backoffice.Administrator}}).Get("/parts").WantText(t, "Week of")
	require.Contains(t, p.Body, "<title>Error: Parts")
	require.Contains(t, p.Body, `id="field-title-error"`)
	require.Contains(t, p.Body, "{{template &#34;tabs&#34; (tabs &#34;Post&#34;", "with the markup to copy")
}
