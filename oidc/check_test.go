package oidc_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/oidc"
)

// TestCheckSaysWhatToDoAboutAnIssuer: the mistakes that people make with it.
func TestCheckSaysWhatToDoAboutAnIssuer(t *testing.T) {
	for issuer, says := range map[string]string{
		"https://login.example.com": "",
		"login.example.com":         "is not an absolute URL",
		"http://login.example.com":  "does not begin with https://",
		"http://127.0.0.1:9000":     "for development on one machine, set InsecurePlainHTTP",
		"https://login.example.com/.well-known/openid-configuration": "leave out /.well-known/openid-configuration",
	} {
		err := oidc.New(oidc.Config{Issuer: issuer, ClientID: "office"}).Check()
		if says == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, says, issuer)
	}
	require.NoError(t, oidc.New(oidc.Config{Issuer: "http://127.0.0.1:9000", ClientID: "office", InsecurePlainHTTP: true}).Check())
	require.ErrorContains(t, oidc.New(oidc.Config{Issuer: "http://login.example.com", ClientID: "office", InsecurePlainHTTP: true}).Check(), "does not begin with https://")
}
