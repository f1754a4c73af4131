package oidc

import (
	"context"
	"net/url"
	"strings"

	"golang.org/x/oauth2"

	"github.com/postern-go/postern/backoffice"
)

// Authorize returns the URL at which a browser signs in.
func (p *Provider) Authorize(ctx context.Context, r backoffice.AuthRequest) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	m, err := p.metadata.get(ctx, freshFor)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{
		oauth2.S256ChallengeOption(r.Verifier),
		oauth2.SetAuthURLParam("nonce", r.Nonce),
		oauth2.SetAuthURLParam("response_mode", "query"),
	}
	if r.Fresh {
		// max_age makes auth_time mandatory; prompt is for those who do not heed it.
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	if len(p.cfg.ClassValues) > 0 {
		options = append(options, oauth2.SetAuthURLParam("acr_values", strings.Join(p.cfg.ClassValues, " ")))
	}
	return p.oauth(m, r.RedirectURL).AuthCodeURL(r.State, options...), nil
}

// endSessionTime is how long someone who signs out waits for the provider's metadata.
const endSessionTime = requestTime / 5

// EndSessionURL returns the URL at which people sign out of the provider (OpenID Connect
// RP-Initiated Logout 1.0). It has no ID token in it, so the provider may ask whether they want
// to sign out.
func (p *Provider) EndSessionURL(ctx context.Context, postLogout string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, endSessionTime)
	defer cancel()
	m, err := p.metadata.get(ctx, freshFor)
	if err != nil || m.EndSession == "" {
		return "", err
	}
	u, err := url.Parse(m.EndSession)
	if err != nil {
		return "", err
	}
	q := u.Query()
	q.Set("client_id", p.cfg.ClientID)
	q.Set("post_logout_redirect_uri", postLogout)
	u.RawQuery = q.Encode()
	return u.String(), nil
}
