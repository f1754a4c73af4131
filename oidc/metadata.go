package oidc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	upstream "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// algorithms are the signatures that are accepted, if the provider announces them. There is
// neither "none" nor an HMAC, whose key would be the client secret or, worse, public.
var algorithms = []string{
	upstream.RS256, upstream.RS384, upstream.RS512, upstream.PS256, upstream.PS384, upstream.PS512,
	upstream.ES256, upstream.ES384, upstream.ES512, upstream.EdDSA,
}

// wellKnown is where the metadata is, below the issuer (OpenID Connect Discovery 1.0, section 4).
const wellKnown = "/.well-known/openid-configuration"

// metadata is what the provider says of itself (OpenID Connect Discovery 1.0, RFC 8414).
type metadata struct {
	Issuer           string   `json:"issuer"`
	Authorization    string   `json:"authorization_endpoint"`
	Token            string   `json:"token_endpoint"`
	Keys             string   `json:"jwks_uri"`
	EndSession       string   `json:"end_session_endpoint"`
	SigningAlgs      []string `json:"id_token_signing_alg_values_supported"`
	ChallengeMethods []string `json:"code_challenge_methods_supported"`
	AuthMethods      []string `json:"token_endpoint_auth_methods_supported"`
	// IssuerParameter promises the parameter iss (RFC 9207).
	IssuerParameter bool `json:"authorization_response_iss_parameter_supported"`
}

// discover reads and checks the metadata.
func (p *Provider) discover(ctx context.Context) (*metadata, error) {
	m := &metadata{}
	if err := p.getJSON(ctx, strings.TrimSuffix(p.cfg.Issuer, "/")+wellKnown, m); err != nil {
		return nil, fmt.Errorf("read metadata: %w", err)
	}
	if m.Issuer != p.cfg.Issuer {
		return nil, fmt.Errorf("read metadata: it is that of issuer %q, not of %q", m.Issuer, p.cfg.Issuer)
	}
	for name, url := range map[string]string{"authorization_endpoint": m.Authorization, "token_endpoint": m.Token, "jwks_uri": m.Keys} {
		if err := checkURL(url, p.cfg.InsecurePlainHTTP); err != nil {
			return nil, fmt.Errorf("read metadata: %s %q %w", name, url, err)
		}
	}
	if checkURL(m.EndSession, p.cfg.InsecurePlainHTTP) != nil {
		m.EndSession = ""
	}
	if m.ChallengeMethods != nil && !slices.Contains(m.ChallengeMethods, "S256") {
		return nil, errors.New("read metadata: the provider does not support PKCE with S256")
	}
	if len(m.algorithms()) == 0 {
		return nil, fmt.Errorf("read metadata: the provider signs with none of %s", strings.Join(algorithms, ", "))
	}
	return m, nil
}

// algorithms are those that both sides accept. A provider that announces none signs with RS256,
// which each must support.
func (m *metadata) algorithms() []string {
	if m.SigningAlgs == nil {
		return []string{upstream.RS256}
	}
	return slices.DeleteFunc(slices.Clone(algorithms), func(alg string) bool { return !slices.Contains(m.SigningAlgs, alg) })
}

// oauth is the client for one redirect URL. How it authenticates is decided here: the package
// would try both ways, and use the code up with the first.
func (p *Provider) oauth(m *metadata, redirectURL string) *oauth2.Config {
	style := oauth2.AuthStyleInHeader
	if p.cfg.ClientSecret == "" || m.AuthMethods != nil && !slices.Contains(m.AuthMethods, "client_secret_basic") {
		style = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{
		ClientID: p.cfg.ClientID, ClientSecret: p.cfg.ClientSecret, RedirectURL: redirectURL,
		Endpoint: oauth2.Endpoint{AuthURL: m.Authorization, TokenURL: m.Token, AuthStyle: style},
		Scopes:   append([]string{upstream.ScopeOpenID}, p.cfg.Scopes...),
	}
}
