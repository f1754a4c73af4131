// Package oidc signs operators of a back office in at an identity provider that speaks OpenID
// Connect, such as Entra ID, Okta, Keycloak or Google Workspace:
//
//	office, err := backoffice.New(ctx, backoffice.Config{
//		...
//		Company: &backoffice.Company{
//			Name: "Example ID",
//			Provider: oidc.New(oidc.Config{
//				Issuer:       "https://login.example.com",
//				ClientID:     "office",
//				ClientSecret: os.Getenv("OFFICE_CLIENT_SECRET"),
//			}),
//		},
//	})
//
// It uses the authorization code flow with PKCE (RFC 7636, S256 only), state, nonce and the
// parameter iss (RFC 9207), as RFC 9700 asks, and accepts ID tokens with an asymmetric signature
// alone. What the provider says of itself and its keys are read when they are first needed, kept,
// and read again from time to time: a provider that is down keeps nobody from starting the
// program, or from using the office.
//
// It is a module of its own: a program that does not import it links none of it.
package oidc
