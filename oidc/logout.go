package oidc

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/postern-go/postern/backoffice"
)

// logoutLife is how old a logout token may be.
const logoutLife = 5 * time.Minute

// VerifyLogout verifies a logout token (OpenID Connect Back-Channel Logout 1.0 section 2.6),
// but for its one use. What does not even claim to be one for this client costs no request to
// the provider.
func (p *Provider) VerifyLogout(ctx context.Context, raw string, now time.Time) (backoffice.LogoutNotice, error) {
	none := backoffice.LogoutNotice{}
	claimed, ok := unverified(raw)
	switch {
	case len(raw) > maxToken || !ok:
		return none, refused("token")
	case claimed.Issuer != p.cfg.Issuer:
		return none, refused("iss")
	case len(claimed.Audience) != 1 || claimed.Audience[0] != p.cfg.ClientID:
		return none, refused("aud")
	}
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	m, err := p.metadata.get(ctx, freshFor)
	if err != nil {
		return none, err
	}
	types := []string{"logout+jwt"}
	if p.cfg.UntypedLogoutTokens {
		types = append(types, "JWT", "")
	}
	if err := p.checkHeader(m, raw, types...); err != nil {
		return none, err
	}
	keys := &remembering{provider: p}
	t, err := p.verifier(m, keys).VerifyLogout(ctx, raw)
	if err != nil {
		return none, p.logoutError(raw, keys.err)
	}
	skew := p.cfg.ClockSkew
	switch {
	case !now.Before(t.Expiry.Add(skew)):
		return none, refused("exp")
	case t.IssuedAt.After(now.Add(skew)) || t.IssuedAt.Before(now.Add(-logoutLife-skew)):
		return none, refused("iat")
	case len(t.TokenID) > maxSubject:
		return none, refused("jti")
	case len(t.Subject) > maxSubject || len(t.SessionID) > maxSubject:
		return none, refused("sub")
	case claimed.event() != nil:
		return none, claimed.event()
	}
	return backoffice.LogoutNotice{Issuer: p.cfg.Issuer, Subject: t.Subject, Session: t.SessionID, ID: t.TokenID}, nil
}

// logoutError says what go-oidc refused.
func (p *Provider) logoutError(raw string, signature error) error {
	c, _ := unverified(raw)
	switch {
	case signature != nil:
		return signature
	case len(c.Nonce) != 0:
		return refused("nonce")
	case c.event() != nil:
		return c.event()
	case c.ID == "":
		return refused("jti")
	case c.Subject == "" && c.Session == "":
		return refused("sub")
	}
	return refused("claims")
}

// logoutEvent is the member of the claim events that makes a token a logout token.
const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// untrusted are claims of a token that is not verified, to say why it was refused, and to
// refuse it early.
type untrusted struct {
	Issuer   string                     `json:"iss"`
	Audience audience                   `json:"aud"`
	Subject  string                     `json:"sub"`
	Session  string                     `json:"sid"`
	ID       string                     `json:"jti"`
	Nonce    json.RawMessage            `json:"nonce"`
	Events   map[string]json.RawMessage `json:"events"`
}

// event returns an error unless there is a logout event, which is a JSON object.
func (u untrusted) event() error {
	if event := u.Events[logoutEvent]; !strings.HasPrefix(strings.TrimSpace(string(event)), "{") {
		return refused("events")
	}
	return nil
}

func unverified(raw string) (u untrusted, ok bool) {
	parts := strings.Split(raw, ".")
	if len(raw) > maxToken || len(parts) != 3 {
		return u, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	return u, err == nil && json.Unmarshal(payload, &u) == nil
}

// audience is one, or a list.
type audience []string

func (a *audience) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(a))
}
