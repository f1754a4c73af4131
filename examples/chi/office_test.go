package main

import (
	"net/http"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/officetest"
)

func TestReportsNeedTheirPermission(t *testing.T) {
	office := officetest.Mount(t, backoffice.Config{}, func(cfg backoffice.Config) (*backoffice.Office, error) {
		return mount(t.Context(), cfg, chi.NewRouter(), chi.NewRouter())
	})
	mia := office.SignIn(t, officetest.Operator{Name: "Mia", Roles: []string{backoffice.Moderator}})
	mia.Submit("/reports", "title", "Weeds").Want(t, http.StatusOK).WantText(t, "Weeds , by Mia")
	cora := office.SignIn(t, officetest.Operator{Roles: []string{backoffice.CommunityManager}})
	cora.Get("/reports").Want(t, http.StatusForbidden)
}
