// Package liar has an identity provider for tests that keeps to the protocol until it is told
// to lie. It is an http.RoundTripper, so that no test needs a port.
package liar

import (
	"cmp"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"
)

// What the provider and its client are.
const (
	Issuer   = "https://id.example"
	ClientID = "office"
	Secret   = "secret of the office"
)

// Key signs tokens.
type Key struct {
	ID        string
	Algorithm jose.SignatureAlgorithm
	Private   any
}

var rsaKeys = sync.OnceValue(func() [2]*rsa.PrivateKey {
	var keys [2]*rsa.PrivateKey
	for i := range keys {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		keys[i] = key
	}
	return keys
})

// The keys of the honest provider, and of someone else.
func Ours() Key   { return Key{"k1", jose.RS256, rsaKeys()[0]} }
func Theirs() Key { return Key{"k1", jose.RS256, rsaKeys()[1]} }

// Provider is the provider. Change its fields between requests.
type Provider struct {
	T   testing.TB
	Now func() time.Time
	// Metadata are added to, or replace, those of the provider; nil removes one.
	Metadata map[string]any
	// Claims are those of the person who signs in; nonce, times and audience are added.
	Claims map[string]any
	// Lie changes the claims of the next tokens, Sign signs them, and Answer changes what the
	// token endpoint answers. If nil, the provider is honest.
	Lie    func(claims map[string]any)
	Sign   func(payload []byte) string
	Answer func(body map[string]any)
	// Type is the typ of the next tokens. Default: that of their kind.
	Type string
	// Keys are the public keys that it shows; Key signs.
	Keys []Key
	Key  Key
	// Down makes every request fail, and Status those of the token endpoint.
	Down   error
	Status int

	mu     sync.Mutex
	codes  map[string]url.Values
	counts map[string]int
}

// New returns an honest provider.
func New(t testing.TB, now func() time.Time) *Provider {
	return &Provider{
		T: t, Now: now, Keys: []Key{Ours()}, Key: Ours(), codes: map[string]url.Values{}, counts: map[string]int{},
		Claims: map[string]any{"sub": "anna", "email": "anna@company.example", "email_verified": true, "name": "Anna", "sid": "s-1"},
	}
}

// Count is how often a path was requested.
func (p *Provider) Count(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts[path]
}

// Visit signs in at a URL that the office sent the browser to, and returns what the browser
// brings back.
func (p *Provider) Visit(authURL string) url.Values {
	p.T.Helper()
	u, err := url.Parse(authURL)
	require.NoError(p.T, err)
	q := u.Query()
	code := rand.Text()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.codes[code] = q
	return url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {Issuer}}
}

// RoundTrip implements http.RoundTripper.
func (p *Provider) RoundTrip(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	p.counts[r.URL.Path]++
	p.mu.Unlock()
	if p.Down != nil {
		return nil, p.Down
	}
	w := httptest.NewRecorder()
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		about := map[string]any{
			"issuer": Issuer, "authorization_endpoint": Issuer + "/auth", "token_endpoint": Issuer + "/token", "jwks_uri": Issuer + "/keys",
			"end_session_endpoint": Issuer + "/out", "id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none", "ES256"},
			"code_challenge_methods_supported": []string{"S256"}, "authorization_response_iss_parameter_supported": true,
		}
		for name, value := range p.Metadata {
			if about[name] = value; value == nil {
				delete(about, name)
			}
		}
		p.json(w, about)
	case "/keys":
		var set jose.JSONWebKeySet
		for _, k := range p.Keys {
			public := jose.JSONWebKey{Key: k.Private, KeyID: k.ID, Algorithm: string(k.Algorithm), Use: "sig"}
			if key, ok := k.Private.(*rsa.PrivateKey); ok {
				public.Key = key.Public()
			}
			set.Keys = append(set.Keys, public)
		}
		p.json(w, set)
	case "/token":
		p.token(w, r)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
	return w.Result(), nil
}

func (p *Provider) json(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

// token exchanges a code once, as RFC 6749 and RFC 7636 want it.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	if p.Status != 0 {
		w.Header().Set("Location", "https://elsewhere.example/token")
		w.WriteHeader(p.Status)
		return
	}
	q, err := p.grant(r)
	if err != nil {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": err.Error()})
		return
	}
	claims := maps.Clone(p.Claims)
	claims["nonce"] = q.Get("nonce")
	if q.Get("max_age") != "" {
		claims["auth_time"] = p.Now().Unix()
	}
	body := map[string]any{"access_token": "opaque", "token_type": "Bearer", "id_token": p.Token("JWT", claims)}
	if p.Answer != nil {
		p.Answer(body)
	}
	p.json(w, body)
}

func (p *Provider) grant(r *http.Request) (url.Values, error) {
	_ = r.ParseForm()
	id, secret, basic := r.BasicAuth()
	if unescaped, err := url.QueryUnescape(secret); err == nil {
		secret = unescaped
	}
	if !basic || id != ClientID || secret != Secret {
		return nil, errors.New("invalid_client")
	}
	p.mu.Lock()
	q := p.codes[r.PostForm.Get("code")]
	delete(p.codes, r.PostForm.Get("code"))
	p.mu.Unlock()
	challenge := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	if q == nil || q.Get("redirect_uri") != r.PostForm.Get("redirect_uri") ||
		q.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(challenge[:]) {
		return nil, errors.New("invalid_grant")
	}
	return q, nil
}

// Token signs claims, with those that every token has, as the provider lies now.
func (p *Provider) Token(kind string, claims map[string]any) string {
	now := p.Now()
	for name, value := range map[string]any{"iss": Issuer, "aud": ClientID, "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix()} {
		if _, set := claims[name]; !set {
			claims[name] = value
		}
	}
	if p.Lie != nil {
		p.Lie(claims)
	}
	payload, err := json.Marshal(claims)
	require.NoError(p.T, err)
	if p.Sign != nil {
		return p.Sign(payload)
	}
	return Signed(p.T, p.Key, cmp.Or(p.Type, kind), payload)
}

// LogoutToken signs a logout token for a subject and a session.
func (p *Provider) LogoutToken(sub, sid string) string {
	claims := map[string]any{"jti": rand.Text(), "events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}}
	if sub != "" {
		claims["sub"] = sub
	}
	if sid != "" {
		claims["sid"] = sid
	}
	return p.Token("logout+jwt", claims)
}

// Signed signs a payload as a token of a type.
func Signed(t testing.TB, k Key, kind string, payload []byte) string {
	t.Helper()
	options := (&jose.SignerOptions{}).WithType(jose.ContentType(kind)).WithHeader("kid", k.ID)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: k.Algorithm, Key: k.Private}, options)
	require.NoError(t, err)
	signed, err := signer.Sign(payload)
	require.NoError(t, err)
	raw, err := signed.CompactSerialize()
	require.NoError(t, err)
	return raw
}

// Unsigned returns a token with the algorithm "none".
func Unsigned(payload []byte) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + encode(payload) + "."
}
