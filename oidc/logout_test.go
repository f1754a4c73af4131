package oidc_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/oidc"
	"github.com/postern-go/postern/oidc/internal/liar"
)

func TestLogoutTokens(t *testing.T) {
	o := newOffice(t)
	for _, who := range [][2]string{{"anna", "s-1"}, {"anna", ""}, {"", "s-1"}} {
		n, err := o.VerifyLogout(t.Context(), o.liar.LogoutToken(who[0], who[1]), o.clock.Now())
		require.NoError(t, err)
		require.NotEmpty(t, n.ID)
		require.Equal(t, backoffice.LogoutNotice{Issuer: liar.Issuer, Subject: who[0], Session: who[1], ID: n.ID}, n)
	}
}

func TestLogoutTokensOfEachWrongKind(t *testing.T) {
	const event = "http://schemas.openid.net/event/backchannel-logout"
	claim := func(name string, value any) func(*liar.Provider) {
		return func(l *liar.Provider) {
			l.Lie = func(claims map[string]any) {
				if claims[name] = value; value == nil {
					delete(claims, name)
				}
			}
		}
	}
	seconds := func(name string, from time.Duration) func(*liar.Provider) {
		return func(l *liar.Provider) {
			l.Lie = func(claims map[string]any) { claims[name] = l.Now().Add(from).Unix() }
		}
	}
	for name, c := range map[string]struct {
		lie    func(*liar.Provider)
		reason string
	}{
		"another issuer":         {claim("iss", "https://evil.example"), "iss"},
		"another audience":       {claim("aud", "shop"), "aud"},
		"an audience more":       {claim("aud", []string{liar.ClientID, "shop"}), "aud"},
		"no id":                  {claim("jti", nil), "jti"},
		"a nonce":                {claim("nonce", "n"), "nonce"},
		"a nonce of null":        {claim("nonce", []any{nil}), "nonce"},
		"no event":               {claim("events", nil), "events"},
		"another event":          {claim("events", map[string]any{"x": map[string]any{}}), "events"},
		"an event that is none":  {claim("events", map[string]any{event: "yes"}), "events"},
		"neither sub nor sid":    {func(l *liar.Provider) { l.Lie = func(c map[string]any) { delete(c, "sub"); delete(c, "sid") } }, "sub"},
		"expired":                {seconds("exp", -2*time.Minute), "exp"},
		"issued long ago":        {seconds("iat", -10*time.Minute), "iat"},
		"issued in the future":   {seconds("iat", 2*time.Minute), "iat"},
		"not signed":             {func(l *liar.Provider) { l.Sign = liar.Unsigned }, "alg"},
		"signed by someone else": {func(l *liar.Provider) { l.Key = liar.Theirs() }, "signature"},
		"an access token's type": {func(l *liar.Provider) { l.Type = "at+jwt" }, "typ"},
		"no type of its own":     {func(l *liar.Provider) { l.Type = "JWT" }, "typ"},
		"an ID token": {func(l *liar.Provider) {
			l.Type, l.Lie = "JWT", func(c map[string]any) { delete(c, "events"); delete(c, "jti"); c["nonce"] = "n" }
		}, "typ"},
		"an ID token with the type": {func(l *liar.Provider) {
			l.Lie = func(c map[string]any) { delete(c, "events"); delete(c, "jti"); c["nonce"] = "n" }
		}, "nonce"},
		"no token": {func(l *liar.Provider) { l.Sign = func([]byte) string { return "anna" } }, "token"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			c.lie(o.liar)
			n, err := o.VerifyLogout(t.Context(), o.liar.LogoutToken("anna", "s-1"), o.clock.Now())
			require.Equal(t, c.reason, reason(t, err))
			require.Zero(t, n)
		})
	}
}

func TestLogoutTokensWithoutATypeOfTheirOwn(t *testing.T) {
	l := liar.New(t, newClock().Now)
	p := oidc.New(oidc.Config{Issuer: liar.Issuer, ClientID: liar.ClientID, Transport: l, UntypedLogoutTokens: true})
	for _, kind := range []string{"JWT", "logout+jwt", "LOGOUT+JWT"} {
		l.Type = kind
		_, err := p.VerifyLogout(t.Context(), l.LogoutToken("anna", ""), l.Now())
		require.NoError(t, err)
	}
	l.Type = "at+jwt"
	_, err := p.VerifyLogout(t.Context(), l.LogoutToken("anna", ""), l.Now())
	require.Equal(t, "typ", reason(t, err))
}

func TestStrangersDoNotMakeTheOfficeAskTheProvider(t *testing.T) {
	o := newOffice(t)
	o.liar.Key = liar.Theirs()
	o.liar.Lie = func(claims map[string]any) { claims["aud"] = "guessed" }
	for range 20 {
		_, err := o.VerifyLogout(t.Context(), o.liar.LogoutToken("anna", ""), o.clock.Now())
		require.Equal(t, "aud", reason(t, err))
	}
	require.Zero(t, o.liar.Count("/.well-known/openid-configuration")+o.liar.Count("/keys"))
}

func TestSigningOutAtTheProvider(t *testing.T) {
	o := newOffice(t)
	to, err := o.EndSessionURL(t.Context(), "https://community.example/")
	require.NoError(t, err)
	require.Equal(t, liar.Issuer+"/out?client_id=office&post_logout_redirect_uri=https%3A%2F%2Fcommunity.example%2F", to)

	o = newOffice(t)
	o.liar.Metadata = map[string]any{"end_session_endpoint": nil}
	to, err = o.EndSessionURL(t.Context(), "https://community.example/")
	require.NoError(t, err)
	require.Empty(t, to)
}
