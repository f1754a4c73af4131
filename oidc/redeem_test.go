package oidc_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/oidc"
	"github.com/postern-go/postern/oidc/internal/liar"
)

// clock is a clock that stands until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, time.March, 3, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) Move(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(by)
}

const redirect = "https://community.example/auth/callback"

// office is the office's side of a provider that may lie.
type office struct {
	*oidc.Provider
	liar  *liar.Provider
	clock *clock
}

func newOffice(t testing.TB) office {
	c := newClock()
	l := liar.New(t, c.Now)
	p := oidc.New(oidc.Config{Issuer: liar.Issuer, ClientID: liar.ClientID, ClientSecret: liar.Secret, Transport: l, Now: c.Now})
	require.NoError(t, p.Check())
	return office{p, l, c}
}

// begin is a new request.
func (o office) begin() backoffice.AuthRequest {
	return backoffice.AuthRequest{
		RedirectURL: redirect, State: rand.Text() + "-state", Nonce: rand.Text() + "-nonce",
		Verifier: strings.Repeat(rand.Text(), 2), Began: o.clock.Now(),
	}
}

// walk signs in, and changes what the browser brings back on the way.
func (o office) walk(t testing.TB, r backoffice.AuthRequest, change func(url.Values)) (backoffice.CompanyAccount, error) {
	t.Helper()
	to, err := o.Authorize(t.Context(), r)
	require.NoError(t, err)
	back := o.liar.Visit(to)
	if change != nil {
		change(back)
	}
	return o.Redeem(t.Context(), r, backoffice.AuthAnswer{Code: back.Get("code"), Issuer: back.Get("iss"), Now: o.clock.Now()})
}

// reason is why an answer was refused.
func reason(t testing.TB, err error) string {
	t.Helper()
	answer, ok := errors.AsType[*backoffice.AnswerError](err)
	require.True(t, ok, "%v", err)
	return answer.Reason
}

func TestAnHonestProvider(t *testing.T) {
	o := newOffice(t)
	r := o.begin()
	to, err := o.Authorize(t.Context(), r)
	require.NoError(t, err)
	u, err := url.Parse(to)
	require.NoError(t, err)
	require.Equal(t, liar.Issuer+"/auth", u.Scheme+"://"+u.Host+u.Path)
	for name, want := range map[string]string{
		"response_type": "code", "response_mode": "query", "client_id": liar.ClientID, "redirect_uri": redirect,
		"scope": "openid profile email", "state": r.State, "nonce": r.Nonce, "code_challenge_method": "S256", "prompt": "", "max_age": "",
	} {
		require.Equal(t, want, u.Query().Get(name), name)
	}
	require.NotContains(t, to, r.Verifier)
	require.NotContains(t, to, "secret")

	o.liar.Claims["amr"], o.liar.Claims["acr"], o.liar.Claims["groups"] = []string{"pwd", "mfa"}, "gold", []string{"staff"}
	a, err := o.walk(t, o.begin(), nil)
	require.NoError(t, err)
	require.Contains(t, string(a.Claims), `"groups":["staff"]`)
	a.Claims = nil
	require.Equal(t, backoffice.CompanyAccount{
		Issuer: liar.Issuer, Subject: "anna", Session: "s-1", Name: "Anna", Email: "anna@company.example", EmailVerified: true,
		Methods: []string{"pwd", "mfa"}, Class: "gold",
	}, a)

	fresh := o.begin()
	fresh.Fresh = true
	to, err = o.Authorize(t.Context(), fresh)
	require.NoError(t, err)
	require.Contains(t, to, "max_age=0")
	require.Contains(t, to, "prompt=login")
	a, err = o.walk(t, fresh, nil)
	require.NoError(t, err)
	require.Equal(t, o.clock.Now(), a.AuthenticatedAt)
}

func TestAProviderThatLies(t *testing.T) {
	claim := func(name string, value any) func(*testing.T, *liar.Provider) {
		return func(_ *testing.T, l *liar.Provider) {
			l.Lie = func(claims map[string]any) {
				if claims[name] = value; value == nil {
					delete(claims, name)
				}
			}
		}
	}
	seconds := func(name string, from time.Duration) func(*testing.T, *liar.Provider) {
		return func(_ *testing.T, l *liar.Provider) {
			l.Lie = func(claims map[string]any) { claims[name] = l.Now().Add(from).Unix() }
		}
	}
	signed := func(sign func(t *testing.T, payload []byte) string) func(*testing.T, *liar.Provider) {
		return func(t *testing.T, l *liar.Provider) {
			l.Sign = func(payload []byte) string { return sign(t, payload) }
		}
	}
	for name, c := range map[string]struct {
		lie    func(*testing.T, *liar.Provider)
		reason string
		fresh  bool
	}{
		"another audience":               {claim("aud", "shop"), "aud", false},
		"no audience":                    {claim("aud", []string{}), "aud", false},
		"an audience more":               {claim("aud", []string{liar.ClientID, "shop"}), "aud", false},
		"issued to another party":        {claim("azp", "shop"), "azp", false},
		"another issuer":                 {claim("iss", "https://evil.example"), "iss", false},
		"the issuer with a slash":        {claim("iss", liar.Issuer+"/"), "iss", false},
		"another nonce":                  {claim("nonce", "replayed"), "nonce", false},
		"no nonce":                       {claim("nonce", nil), "nonce", false},
		"expired":                        {seconds("exp", -2*time.Minute), "exp", false},
		"never expires":                  {claim("exp", nil), "exp", false},
		"issued in the future":           {seconds("iat", 2*time.Minute), "iat", false},
		"issued before it was asked for": {seconds("iat", -2*time.Minute), "iat", false},
		"issued at no time":              {claim("iat", nil), "iat", false},
		"not valid yet":                  {seconds("nbf", 2*time.Minute), "nbf", false},
		"another access token":           {claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"), "at_hash", false},
		"no subject":                     {claim("sub", ""), "sub", false},
		"a subject of a page":            {claim("sub", strings.Repeat("a", 256)), "sub", false},
		"a session of a page":            {claim("sid", strings.Repeat("a", 256)), "sid", false},
		"a claim of another type":        {claim("acr", map[string]any{}), "claims", false},
		"not signed in anew":             {seconds("auth_time", -2*time.Minute), "auth_time", true},
		"does not say when":              {claim("auth_time", nil), "auth_time", true},
		"signed in in the future":        {seconds("auth_time", 2*time.Minute), "auth_time", false},
		"a logout token":                 {claim("events", map[string]any{"x": 1}), "events", false},
		"not signed":                     {signed(func(_ *testing.T, payload []byte) string { return liar.Unsigned(payload) }), "alg", false},
		"signed by someone else":         {signed(func(t *testing.T, payload []byte) string { return liar.Signed(t, liar.Theirs(), "JWT", payload) }), "signature", false},
		"signed with a key that is not shown": {signed(func(t *testing.T, payload []byte) string {
			return liar.Signed(t, liar.Key{ID: "k9", Algorithm: jose.RS256, Private: liar.Theirs().Private}, "JWT", payload)
		}), "kid", false},
		"signed by someone else without a kid": {signed(func(t *testing.T, payload []byte) string {
			return liar.Signed(t, liar.Key{Algorithm: jose.RS256, Private: liar.Theirs().Private}, "JWT", payload)
		}), "kid", false},
		"the public key as an HMAC key": {signed(func(t *testing.T, payload []byte) string {
			public, err := x509.MarshalPKIXPublicKey(liar.Ours().Private.(*rsa.PrivateKey).Public())
			require.NoError(t, err)
			secret := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
			return liar.Signed(t, liar.Key{ID: "k1", Algorithm: jose.HS256, Private: secret}, "JWT", payload)
		}), "alg", false},
		"the client secret as an HMAC key": {signed(func(t *testing.T, payload []byte) string {
			return liar.Signed(t, liar.Key{ID: "k1", Algorithm: jose.HS256, Private: []byte(liar.Secret + "............")}, "JWT", payload)
		}), "alg", false},
		"an algorithm that it does not announce": {signed(func(t *testing.T, payload []byte) string {
			return liar.Signed(t, liar.Key{ID: "k1", Algorithm: jose.PS256, Private: liar.Ours().Private}, "JWT", payload)
		}), "alg", false},
		"a token of another type": {signed(func(t *testing.T, payload []byte) string { return liar.Signed(t, liar.Ours(), "at+jwt", payload) }), "typ", false},
		"another payload": {signed(func(t *testing.T, payload []byte) string {
			parts := strings.Split(liar.Signed(t, liar.Ours(), "JWT", payload), ".")
			other := strings.Split(liar.Signed(t, liar.Ours(), "JWT", []byte(strings.Replace(string(payload), "anna", "boss", 1))), ".")
			return parts[0] + "." + other[1] + "." + parts[2]
		}), "signature", false},
		"two signatures": {signed(func(_ *testing.T, payload []byte) string {
			return `{"payload":"` + string(payload[:0]) + `","signatures":[]}`
		}), "token", false},
		"no JSON":     {signed(func(t *testing.T, _ []byte) string { return liar.Signed(t, liar.Ours(), "JWT", []byte("anna")) }), "claims", false},
		"no token":    {signed(func(*testing.T, []byte) string { return "anna" }), "token", false},
		"no ID token": {func(_ *testing.T, l *liar.Provider) { l.Answer = func(b map[string]any) { delete(b, "id_token") } }, "id_token", false},
		"an ID token of a megabyte": {func(_ *testing.T, l *liar.Provider) {
			l.Answer = func(b map[string]any) { b["id_token"] = strings.Repeat("a", 70<<10) }
		}, "id_token", false},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			c.lie(t, o.liar)
			r := o.begin()
			r.Fresh = c.fresh
			a, err := o.walk(t, r, nil)
			require.Equal(t, c.reason, reason(t, err))
			require.Zero(t, a)
		})
	}
}

func TestAnswersThatWereNotForThisBrowser(t *testing.T) {
	t.Run("the answer of another provider", func(t *testing.T) {
		_, err := newOffice(t).walk(t, newOffice(t).begin(), func(q url.Values) { q.Set("iss", "https://evil.example") })
		require.Equal(t, "iss parameter", reason(t, err))
	})
	t.Run("no iss, which the provider promises", func(t *testing.T) {
		o := newOffice(t)
		_, err := o.walk(t, o.begin(), func(q url.Values) { q.Del("iss") })
		require.Equal(t, "iss parameter", reason(t, err))
		require.Zero(t, o.liar.Count("/token"), "its code goes nowhere")
	})
	t.Run("no iss, which the provider does not promise", func(t *testing.T) {
		o := newOffice(t)
		o.liar.Metadata = map[string]any{"authorization_response_iss_parameter_supported": nil}
		_, err := o.walk(t, o.begin(), func(q url.Values) { q.Del("iss") })
		require.NoError(t, err)
		_, err = o.walk(t, o.begin(), func(q url.Values) { q.Set("iss", "https://evil.example") })
		require.Equal(t, "iss parameter", reason(t, err))
	})
	t.Run("a code that was used", func(t *testing.T) {
		o := newOffice(t)
		r := o.begin()
		var code string
		_, err := o.walk(t, r, func(q url.Values) { code = q.Get("code") })
		require.NoError(t, err)
		_, err = o.Redeem(t.Context(), r, backoffice.AuthAnswer{Code: code, Issuer: liar.Issuer, Now: o.clock.Now()})
		require.Equal(t, "code", reason(t, err))
	})
	t.Run("the code of another flow", func(t *testing.T) {
		o := newOffice(t)
		to, err := o.Authorize(t.Context(), o.begin())
		require.NoError(t, err)
		injected := o.liar.Visit(to).Get("code")
		_, err = o.walk(t, o.begin(), func(q url.Values) { q.Set("code", injected) })
		require.Equal(t, "code", reason(t, err), "PKCE binds it to the flow that it was asked for in")
	})
	t.Run("no code", func(t *testing.T) {
		o := newOffice(t)
		_, err := o.walk(t, o.begin(), func(q url.Values) { q.Del("code") })
		require.Equal(t, "code", reason(t, err))
	})
}

func TestKeysRotate(t *testing.T) {
	o := newOffice(t)
	_, err := o.walk(t, o.begin(), nil)
	require.NoError(t, err)
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	next := liar.Key{ID: "k2", Algorithm: jose.ES256, Private: private}
	o.liar.Key = next
	public := liar.Key{ID: "k2", Algorithm: jose.ES256, Private: private.Public()}

	o.clock.Move(2 * time.Minute)
	o.liar.Keys = []liar.Key{public}
	_, err = o.walk(t, o.begin(), nil)
	require.NoError(t, err, "an unknown key makes the office read them again")

	o.liar.Key = liar.Ours()
	_, err = o.walk(t, o.begin(), nil)
	require.Equal(t, "kid", reason(t, err), "a key that was withdrawn")

	before := o.liar.Count("/keys")
	for range 50 {
		_, err = o.walk(t, o.begin(), nil)
		require.Equal(t, "kid", reason(t, err))
	}
	require.Equal(t, before, o.liar.Count("/keys"), "made-up keys do not make the office ask")
	o.clock.Move(2 * time.Hour)
	o.liar.Key = next
	_, err = o.walk(t, o.begin(), nil)
	require.NoError(t, err)
	require.Equal(t, before+1, o.liar.Count("/keys"))
}

func TestKeysThatAreNotAccepted(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024) //nolint:gosec // too small is what it is for
	if err != nil {
		t.Setenv("GODEBUG", "rsa1024min=0")
		small, err = rsa.GenerateKey(rand.Reader, 1024) //nolint:gosec // as above
	}
	require.NoError(t, err)
	for name, key := range map[string]liar.Key{
		"an RSA key of 1024 bits": {ID: "k1", Algorithm: jose.RS256, Private: small},
		"a secret":                {ID: "k1", Algorithm: jose.HS256, Private: []byte("a secret of thirty-two bytes.....")},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.liar.Keys = []liar.Key{key}
			_, err := o.walk(t, o.begin(), nil)
			require.Equal(t, "kid", reason(t, err))
		})
	}
}

func TestClocksThatDifferALittle(t *testing.T) {
	for name, from := range map[string]time.Duration{"behind": -50 * time.Second, "ahead": 50 * time.Second} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.liar.Now = func() time.Time { return o.clock.Now().Add(from) }
			r := o.begin()
			r.Fresh = true
			_, err := o.walk(t, r, nil)
			require.NoError(t, err)
		})
	}
}

func TestAProviderThatIsDown(t *testing.T) {
	down := errors.New("connection refused")
	t.Run("is asked once for many", func(t *testing.T) {
		o := newOffice(t)
		o.liar.Down = down
		for range 20 {
			_, err := o.Authorize(t.Context(), o.begin())
			require.ErrorIs(t, err, down)
		}
		require.Equal(t, 1, o.liar.Count("/.well-known/openid-configuration"))
		o.liar.Down = nil
		o.clock.Move(6 * time.Second)
		_, err := o.Authorize(t.Context(), o.begin())
		require.NoError(t, err)
	})
	t.Run("and was up an hour ago, is where it was", func(t *testing.T) {
		o := newOffice(t)
		_, err := o.Authorize(t.Context(), o.begin())
		require.NoError(t, err)
		o.liar.Down = down
		o.clock.Move(2 * time.Hour)
		_, err = o.Authorize(t.Context(), o.begin())
		require.NoError(t, err)
		o.clock.Move(24 * time.Hour)
		_, err = o.Authorize(t.Context(), o.begin())
		require.ErrorIs(t, err, down)
	})
	t.Run("while a code is exchanged", func(t *testing.T) {
		for _, status := range []int{http.StatusInternalServerError, http.StatusFound, http.StatusTemporaryRedirect} {
			o := newOffice(t)
			o.liar.Status = status
			_, err := o.walk(t, o.begin(), nil)
			require.Error(t, err)
			_, ok := errors.AsType[*backoffice.AnswerError](err)
			require.False(t, ok, "that is not what someone answered")
			require.NotContains(t, err.Error(), liar.Secret)
			require.Equal(t, 1, o.liar.Count("/token"), "no redirect is followed with the secret")
		}
	})
}

func TestMetadataThatIsRefused(t *testing.T) {
	for name, value := range map[string]any{
		"issuer": "https://evil.example", "token_endpoint": "http://id.example/token", "jwks_uri": "", "authorization_endpoint": "javascript:alert(1)",
		"code_challenge_methods_supported": []string{"plain"}, "id_token_signing_alg_values_supported": []string{"HS256", "none"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.liar.Metadata = map[string]any{name: value}
			_, err := o.Authorize(t.Context(), o.begin())
			require.Error(t, err)
		})
	}
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	for name, cfg := range map[string]oidc.Config{
		"nothing":           {},
		"plain HTTP":        {Issuer: "http://id.example", ClientID: "office"},
		"plain HTTP abroad": {Issuer: "http://id.example", ClientID: "office", InsecurePlainHTTP: true},
		"no client":         {Issuer: liar.Issuer},
		"a clock far off":   {Issuer: liar.Issuer, ClientID: "office", ClockSkew: time.Hour},
		"a password":        {Issuer: "https://me:secret@id.example", ClientID: "office"},
	} {
		t.Run(name, func(t *testing.T) { require.Error(t, oidc.New(cfg).Check()) })
	}
	require.NoError(t, oidc.New(oidc.Config{Issuer: "http://127.0.0.1:3000", ClientID: "office", InsecurePlainHTTP: true}).Check())
}
