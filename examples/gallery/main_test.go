package main

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/internal/tests"
)

func TestThePageOfParts(t *testing.T) {
	site := tests.Site(t, func(cfg backoffice.Config) (*backoffice.Office, error) {
		return mount(t.Context(), cfg, http.NewServeMux(), http.NewServeMux())
	})
	ada := site.Enrolled("Ada", backoffice.Administrator)
	p := ada.Get("/parts")
	require.Equal(t, http.StatusOK, p.Status, p.Text())
	require.Contains(t, p.Body, "<title>Error: Parts")
	require.Contains(t, p.Body, `id="field-title-error"`)
	require.Contains(t, p.Text(), "Week of", "the lines as a table")
	require.Contains(t, p.Body, "{{template &#34;tabs&#34; (tabs &#34;Post&#34;", "with the markup to copy")
}
