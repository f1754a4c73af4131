package testoffice

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"time"

	"github.com/postern-go/postern/internal/desk"
)

// Issuer is the issuer of a [Provider].
const Issuer = "https://id.example"

// Provider is an identity provider that says what a test tells it to. It checks nothing of
// a flow but that its code belongs to it: what a real one checks is tested with real ones.
type Provider struct {
	mu       sync.Mutex
	accounts map[string]desk.CompanyAccount
	notices  map[string]desk.LogoutNotice
	down     bool
	// EndSession is where people sign out there; empty if nowhere.
	EndSession string
}

// Down makes it stop responding, or respond again.
func (p *Provider) Down(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

// Account is an account there by its subject, with a verified email address.
func Account(subject, email string) desk.CompanyAccount {
	return desk.CompanyAccount{Issuer: Issuer, Subject: subject, Session: "session of " + subject, Name: email, Email: email, EmailVerified: true}
}

// SignsIn says who signs in there with the flow of a URL that the office led to, and
// returns the query with which the provider leads back.
func (p *Provider) SignsIn(authorize string, as desk.CompanyAccount) url.Values {
	p.mu.Lock()
	defer p.mu.Unlock()
	state := stateOf(authorize)
	if p.accounts == nil {
		p.accounts = map[string]desk.CompanyAccount{}
	}
	p.accounts["code of "+state] = as
	return url.Values{"code": {"code of " + state}, "state": {state}}
}

// As answers for someone who signs in, as SignsIn does.
func (p *Provider) As(account desk.CompanyAccount) func(authorize string) url.Values {
	return func(authorize string) url.Values { return p.SignsIn(authorize, account) }
}

// Cancels returns the query with which the provider leads back someone who said no.
func (p *Provider) Cancels(authorize string) url.Values {
	return url.Values{"error": {"access_denied"}, "state": {stateOf(authorize)}}
}

// SignsOut returns a logout token for a notice.
func (p *Provider) SignsOut(n desk.LogoutNotice) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.notices == nil {
		p.notices = map[string]desk.LogoutNotice{}
	}
	token := "logout token " + n.ID
	p.notices[token] = n
	return token
}

func stateOf(authorize string) string {
	u, err := url.Parse(authorize)
	if err != nil {
		return ""
	}
	return u.Query().Get("state")
}

var errDown = errors.New("connection refused")

func (p *Provider) isDown() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		return errDown
	}
	return nil
}

// Authorize implements desk.IdentityProvider.
func (p *Provider) Authorize(_ context.Context, r desk.AuthRequest) (string, error) {
	q := url.Values{"state": {r.State}, "redirect_uri": {r.RedirectURL}}
	if r.Fresh {
		q.Set("prompt", "login")
	}
	return Issuer + "/authorize?" + q.Encode(), p.isDown()
}

// Redeem implements desk.IdentityProvider.
func (p *Provider) Redeem(_ context.Context, r desk.AuthRequest, a desk.AuthAnswer) (desk.CompanyAccount, error) {
	if err := p.isDown(); err != nil {
		return desk.CompanyAccount{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	account, ok := p.accounts[a.Code]
	if !ok || a.Code != "code of "+r.State {
		return desk.CompanyAccount{}, &desk.AnswerError{Reason: "code"}
	}
	account.AuthenticatedAt = a.Now
	return account, nil
}

// EndSessionURL implements desk.IdentityProvider.
func (p *Provider) EndSessionURL(context.Context, string) (string, error) {
	return p.EndSession, p.isDown()
}

// VerifyLogout implements desk.IdentityProvider.
func (p *Provider) VerifyLogout(_ context.Context, token string, _ time.Time) (desk.LogoutNotice, error) {
	if err := p.isDown(); err != nil {
		return desk.LogoutNotice{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if n, ok := p.notices[token]; ok {
		return n, nil
	}
	return desk.LogoutNotice{}, &desk.AnswerError{Reason: "signature"}
}
