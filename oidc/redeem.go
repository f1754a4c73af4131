package oidc

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	upstream "github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"golang.org/x/oauth2"

	"github.com/postern-go/postern/backoffice"
)

const (
	// maxToken is the most bytes of an ID token or a logout token.
	maxToken = 64 << 10
	// maxSubject is the most bytes of a subject (OpenID Connect Core 1.0 section 2), and of
	// other names of things.
	maxSubject = 255
)

// Redeem exchanges a code for an ID token, and returns the account in it once everything that
// OpenID Connect Core 1.0 section 3.1.3.7 and RFC 9700 ask has been verified.
func (p *Provider) Redeem(ctx context.Context, r backoffice.AuthRequest, a backoffice.AuthAnswer) (backoffice.CompanyAccount, error) {
	none := backoffice.CompanyAccount{}
	ctx, cancel := context.WithTimeout(ctx, 2*requestTime) // the token, and perhaps keys
	defer cancel()
	m, err := p.metadata.get(ctx, freshFor)
	if err != nil {
		return none, err
	}
	// The answer of another provider must not reach this one's token endpoint (mix-up).
	if a.Issuer != m.Issuer && (a.Issuer != "" || m.IssuerParameter) {
		return none, refused("iss parameter")
	}
	if a.Code == "" {
		return none, refused("code")
	}
	token, err := p.oauth(m, r.RedirectURL).Exchange(context.WithValue(ctx, oauth2.HTTPClient, p.client), a.Code, oauth2.VerifierOption(r.Verifier))
	if err != nil {
		return none, exchangeError(err)
	}
	raw, _ := token.Extra("id_token").(string)
	if raw == "" || len(raw) > maxToken {
		return none, refused("id_token")
	}
	return p.account(ctx, m, r, a.Now, raw, token.AccessToken)
}

// exchangeError tells a code that was refused from a provider that is down, or that does not
// know this client. Neither error has the code or the secret in it.
func exchangeError(err error) error {
	failed, ok := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case !ok || failed.Response == nil:
		return fmt.Errorf("exchange code: %w", err)
	case failed.ErrorCode == "invalid_grant":
		return refused("code")
	}
	return fmt.Errorf("exchange code: status %d %.64q", failed.Response.StatusCode, failed.ErrorCode)
}

// claims are those of an ID token that are used.
type claims struct {
	AuthorizedParty string           `json:"azp"`
	Expires         *jwtTime         `json:"exp"`
	IssuedAt        *jwtTime         `json:"iat"`
	NotBefore       *jwtTime         `json:"nbf"`
	AuthTime        *jwtTime         `json:"auth_time"`
	Methods         []string         `json:"amr"`
	Class           string           `json:"acr"`
	Session         string           `json:"sid"`
	Name            string           `json:"name"`
	Email           string           `json:"email"`
	EmailVerified   lenientBool      `json:"email_verified"`
	Events          *json.RawMessage `json:"events"`
}

// account verifies an ID token.
func (p *Provider) account(ctx context.Context, m *metadata, r backoffice.AuthRequest, now time.Time, raw, accessToken string) (backoffice.CompanyAccount, error) {
	none := backoffice.CompanyAccount{}
	t, c, err := p.verify(ctx, m, raw)
	if err != nil {
		return none, err
	}
	skew := p.cfg.ClockSkew
	switch {
	case len(t.Audience) != 1: // go-oidc has found this client in it, and no other is trusted
		return none, refused("aud")
	case c.AuthorizedParty != "" && c.AuthorizedParty != p.cfg.ClientID:
		return none, refused("azp")
	case subtle.ConstantTimeCompare([]byte(t.Nonce), []byte(r.Nonce)) != 1 || r.Nonce == "":
		return none, refused("nonce")
	case c.Expires == nil || !now.Before(c.Expires.Add(skew)):
		return none, refused("exp")
	case c.IssuedAt == nil || c.IssuedAt.After(now.Add(skew)) || c.IssuedAt.Before(r.Began.Add(-skew)):
		return none, refused("iat")
	case c.NotBefore != nil && c.NotBefore.After(now.Add(skew)):
		return none, refused("nbf")
	case t.AccessTokenHash != "" && t.VerifyAccessToken(accessToken) != nil:
		return none, refused("at_hash")
	case c.AuthTime != nil && c.AuthTime.After(now.Add(skew)),
		r.Fresh && (c.AuthTime == nil || c.AuthTime.Before(r.Began.Add(-skew))):
		return none, refused("auth_time")
	case t.Subject == "" || len(t.Subject) > maxSubject:
		return none, refused("sub")
	case len(c.Session) > maxSubject:
		return none, refused("sid")
	case c.Events != nil: // a logout token is no ID token
		return none, refused("events")
	}
	account := backoffice.CompanyAccount{
		Issuer: p.cfg.Issuer, Subject: t.Subject, Session: c.Session,
		Name: c.Name, Email: c.Email, EmailVerified: bool(c.EmailVerified),
		Methods: c.Methods, Class: c.Class,
	}
	if c.AuthTime != nil {
		account.AuthenticatedAt = c.AuthTime.Time
	}
	if err := t.Claims(&account.Claims); err != nil {
		return none, refused("claims")
	}
	return account, nil
}

// verify verifies the signature, the issuer and the audience of an ID token.
func (p *Provider) verify(ctx context.Context, m *metadata, raw string) (*upstream.IDToken, *claims, error) {
	if err := p.checkHeader(m, raw, "JWT", ""); err != nil {
		return nil, nil, err
	}
	keys := &remembering{provider: p}
	t, err := p.verifier(m, keys).Verify(ctx, raw)
	if err != nil {
		return nil, nil, p.verifyError(raw, keys.err)
	}
	c := &claims{}
	if err := t.Claims(c); err != nil {
		return nil, nil, refused("claims")
	}
	return t, c, nil
}

// verifier verifies tokens. Expiry is decided by the office's clock, and so not here.
func (p *Provider) verifier(m *metadata, keys upstream.KeySet) *upstream.IDTokenVerifier {
	return upstream.NewVerifier(m.Issuer, keys, &upstream.Config{
		ClientID: p.cfg.ClientID, SupportedSigningAlgs: m.algorithms(), SkipExpiryCheck: true,
	})
}

// checkHeader refuses a token that is not signed with an accepted algorithm, or that is of
// another type: one token must not pass for another (RFC 8725 section 3.11).
func (p *Provider) checkHeader(m *metadata, raw string, types ...string) error {
	signed, err := jose.ParseSigned(raw, signatureAlgorithms(m))
	if err != nil {
		if _, parsed := jose.ParseSigned(raw, everyAlgorithm); parsed == nil {
			return refused("alg")
		}
		return refused("token")
	}
	if len(signed.Signatures) != 1 {
		return refused("token")
	}
	kind, _ := signed.Signatures[0].Header.ExtraHeaders["typ"].(string)
	if !slices.ContainsFunc(types, func(one string) bool { return strings.EqualFold(one, kind) }) {
		return refused("typ")
	}
	return nil
}

// everyAlgorithm tells tokens with an algorithm that is not accepted from those that are none.
var everyAlgorithm = []jose.SignatureAlgorithm{
	jose.HS256, jose.HS384, jose.HS512, jose.RS256, jose.RS384, jose.RS512, jose.ES256, jose.ES384, jose.ES512,
	jose.PS256, jose.PS384, jose.PS512, jose.EdDSA, "none",
}

// remembering keeps the error of a signature, of which go-oidc returns only the text.
type remembering struct {
	provider *Provider
	err      error
}

func (r *remembering) VerifySignature(ctx context.Context, token string) (payload []byte, err error) {
	payload, r.err = r.provider.verifySignature(ctx, token)
	return payload, r.err
}

// verifyError says what go-oidc refused, given the error of the signature. The reason is only
// for the audit log.
func (p *Provider) verifyError(raw string, signature error) error {
	if signature != nil {
		return signature
	}
	c, ok := unverified(raw)
	switch {
	case !ok:
		return refused("claims")
	case c.Issuer != p.cfg.Issuer:
		return refused("iss")
	case !slices.Contains(c.Audience, p.cfg.ClientID):
		return refused("aud")
	}
	return refused("claims")
}

// jwtTime is a NumericDate.
type jwtTime struct{ time.Time }

func (t *jwtTime) UnmarshalJSON(b []byte) error {
	var seconds json.Number
	if err := json.Unmarshal(b, &seconds); err != nil {
		return err
	}
	f, err := seconds.Float64()
	if err != nil || f < 0 || f > 1e11 {
		return errors.New("not a date")
	}
	t.Time = time.Unix(int64(f), 0).UTC()
	return nil
}

// lenientBool is also true as a text: some providers say email_verified so.
type lenientBool bool

func (v *lenientBool) UnmarshalJSON(b []byte) error {
	*v = string(b) == "true" || string(b) == `"true"`
	return nil
}
