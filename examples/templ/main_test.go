package main

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/officetest"
)

func TestPagesOfTemplInTheLayout(t *testing.T) {
	office := officetest.Mount(t, backoffice.Config{}, func(cfg backoffice.Config) (*backoffice.Office, error) {
		return mount(t.Context(), cfg, http.NewServeMux(), http.NewServeMux())
	})
	mia := office.SignIn(t, officetest.Operator{Name: "Mia", Roles: []string{backoffice.Moderator}})
	p := mia.Get("/reports").WantText(t, "Sign out")
	nonce := regexp.MustCompile(`script-src 'nonce-([^']+)'`).FindStringSubmatch(p.Header.Get("Content-Security-Policy"))[1]
	require.Contains(t, p.Body, `<script nonce="`+nonce+`">function __templ_focus_`, "templ's script may run")
	title := `Tea & "cake"/50% <b>`
	require.Equal(t, "/reports", mia.Submit("/reports", "title", title).WantText(t, title+", by Mia").Path)
	mia.Get("/reports/nothing").Want(t, http.StatusNotFound)
	mia.Post("/reports", "title", "Forged", "csrf", "").Want(t, http.StatusForbidden)
	office.SignIn(t, officetest.Operator{Roles: []string{backoffice.CommunityManager}}).Get("/reports").Want(t, http.StatusForbidden)
}
