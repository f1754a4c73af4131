package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/officetest"
	"github.com/postern-go/postern/oidc"
)

func TestTheSignInPageOffersTheProvider(t *testing.T) {
	office := officetest.Mount(t, backoffice.Config{}, func(cfg backoffice.Config) (*backoffice.Office, error) {
		return newOffice(cfg, oidc.Config{Issuer: "http://127.0.0.1:1", ClientID: "office", ClientSecret: "secret"})
	})
	require.Contains(t, office.Browser(t).Get("/login").Body, "Continue with <bdi>Company ID</bdi>", "although the provider is down")
}
