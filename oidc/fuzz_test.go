package oidc_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/oidc/internal/liar"
)

func FuzzToken(f *testing.F) {
	o := newOffice(f)
	f.Add(o.liar.Token("JWT", map[string]any{"sub": "anna", "nonce": "n"}))
	f.Add(o.liar.LogoutToken("anna", "s-1"))
	f.Add(liar.Unsigned([]byte(`{"iss":"https://id.example","aud":["office"],"exp":1e9,"amr":[""],"email_verified":"true"}`)))
	_, err := o.VerifyLogout(f.Context(), o.liar.LogoutToken("anna", ""), o.clock.Now()) // reads the metadata and the keys
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, raw string) {
		o.liar.T = t
		r := o.begin()
		o.liar.Sign = func([]byte) string { return raw }
		if a, err := o.walk(t, r, nil); err == nil {
			t.Fatalf("accepted %+v", a) // no token that can be guessed has the nonce
		}
		n, err := o.VerifyLogout(t.Context(), raw, o.clock.Now())
		if err == nil && n.ID == "" {
			t.Fatal("a logout token without an id")
		}
	})
}
