package main

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/internal/tests"
)

func TestPagesOfTemplInTheLayout(t *testing.T) {
	site := tests.Site(t, func(cfg backoffice.Config) (*backoffice.Office, error) {
		return mount(t.Context(), cfg, http.NewServeMux(), http.NewServeMux())
	})
	mia := site.Enrolled("Mia", backoffice.Moderator)
	title := `Tea & "cake"/50% <b>`
	p := mia.Get("/reports")
	require.Contains(t, p.Text(), "Sign out")
	nonce := regexp.MustCompile(`script-src 'nonce-([^']+)'`).FindStringSubmatch(p.Header.Get("Content-Security-Policy"))[1]
	require.Contains(t, p.Body, `<script nonce="`+nonce+`">function __templ_focus_`, "templ's script may run")
	p = mia.Submit(p, "/reports", "title", title)
	require.Equal(t, "/reports", p.Location, p.Text())
	p = mia.Follow(p)
	require.Contains(t, p.Text(), title+", by Mia")
	require.Equal(t, http.StatusNotFound, mia.Get("/reports/nothing").Status)
	require.Equal(t, http.StatusForbidden, mia.Post("/reports", map[string][]string{"title": {"Forged"}}).Status)
	cora := site.Plain("Cora", backoffice.CommunityManager)
	require.Equal(t, http.StatusForbidden, cora.Get("/reports").Status)
}
