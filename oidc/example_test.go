package oidc_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/oidc"
	"github.com/postern-go/postern/store/memstore"
)

// Operators sign in at the company's identity provider. Who is in the group "moderation" there
// moderates here.
func Example() {
	secret := make([]byte, 32)
	for i := range secret {
		secret[i] = byte(7*i + 128) // use 32 random bytes
	}
	office, err := backoffice.New(context.Background(), backoffice.Config{
		Origin: "https://community.example", Secret: secret, Store: memstore.New(), Mail: &mail.Outbox{Dir: "outbox"}, Log: slog.New(slog.DiscardHandler),
		Company: &backoffice.Company{
			Name: "Example ID",
			Provider: oidc.New(oidc.Config{
				Issuer: "https://login.company.example", ClientID: "office", ClientSecret: "from your secret store",
			}),
			SecondFactors:     []string{"mfa"}, // what this provider says once it has checked two
			PhishingResistant: []string{"hwk"},
			Roles: func(_ context.Context, a backoffice.CompanyAccount) ([]string, error) {
				return rolesOf(a.Claims)
			},
		},
	})
	fmt.Println(office != nil, err)
	// Output: true <nil>
}

// rolesOf reads the claim "groups".
func rolesOf(claims json.RawMessage) ([]string, error) {
	var c struct{ Groups []string }
	if err := json.Unmarshal(claims, &c); err != nil {
		return nil, err
	}
	if slices.Contains(c.Groups, "moderation") {
		return []string{backoffice.Moderator}, nil
	}
	return nil, nil
}
