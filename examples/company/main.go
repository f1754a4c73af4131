// Command company signs operators in at an identity provider that speaks OpenID Connect:
// Keycloak, Entra ID, Okta, Google Workspace, or any other. Nothing is kept: it begins anew
// at each start.
//
// Register a confidential web client with the provider, with the redirect URI
// http://localhost:8080/auth/callback, and name it here:
//
//	OIDC_ISSUER=https://login.example.com OIDC_CLIENT_ID=office OIDC_CLIENT_SECRET=... go run ./examples/company
//
// Set the office up with the link that it prints. Then link your account on the page
// Account, sign out, and continue with the provider.
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"strings"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/internal/demo"
	"github.com/postern-go/postern/oidc"
)

func main() {
	office, err := newOffice(demo.Config(), oidc.Config{
		Issuer: os.Getenv("OIDC_ISSUER"), ClientID: os.Getenv("OIDC_CLIENT_ID"), ClientSecret: os.Getenv("OIDC_CLIENT_SECRET"),
	})
	if err != nil {
		log.Fatal(err)
	}
	demo.Serve(office, office.Wrap(http.NotFoundHandler())) // your community
}

// newOffice makes the office.
func newOffice(cfg backoffice.Config, provider oidc.Config) (*backoffice.Office, error) {
	// A provider on this machine may speak plain HTTP.
	provider.InsecurePlainHTTP = strings.HasPrefix(provider.Issuer, "http://")
	cfg.Company = &backoffice.Company{
		Name:     "Company ID", // what your company calls it
		Provider: oidc.New(provider),
		// What your provider says in amr or acr once it has checked a second factor. Without
		// it, the office asks for its own.
		// SecondFactors: []string{"mfa"},
	}
	return backoffice.New(context.Background(), cfg)
}
