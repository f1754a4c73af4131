package desk_test

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// idp is an identity provider that answers what a test wants, once for each code.
type idp struct {
	mu      sync.Mutex
	account desk.CompanyAccount
	notice  desk.LogoutNotice
	err     error
	asked   []desk.AuthRequest
	// unsaid leaves out when someone signed in there, unless that is asked for.
	unsaid bool
	codes  map[string]bool
}

const issuer = "https://id.example"

func newIDP() *idp {
	return &idp{codes: map[string]bool{}, account: desk.CompanyAccount{
		Issuer: issuer, Subject: "sub-of-ada", Session: "s-1", Email: "ada@example.org", EmailVerified: true,
	}}
}

func (p *idp) Authorize(_ context.Context, r desk.AuthRequest) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, r)
	if _, answered := errors.AsType[*desk.AnswerError](p.err); answered {
		return issuer + "/auth?state=" + r.State, nil
	}
	return issuer + "/auth?state=" + r.State, p.err
}

func (p *idp) Redeem(_ context.Context, r desk.AuthRequest, a desk.AuthAnswer) (desk.CompanyAccount, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil && p.codes[a.Code] && a.Code != "forever" {
		return desk.CompanyAccount{}, &desk.AnswerError{Reason: "code"}
	}
	p.codes[a.Code] = true
	account := p.account
	if (r.Fresh || !p.unsaid) && account.AuthenticatedAt.IsZero() {
		account.AuthenticatedAt = a.Now
	}
	return account, p.err
}

func (p *idp) EndSessionURL(context.Context, string) (string, error) {
	return issuer + "/out", p.err
}

func (p *idp) VerifyLogout(_ context.Context, token string, _ time.Time) (desk.LogoutNotice, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.notice
	n.ID = token
	return n, p.err
}

// companyOffice is an office with a company sign-in, and one browser.
type companyOffice struct {
	*office
	idp    *idp
	cookie string
}

func withCompany(t testing.TB, change ...func(*desk.Config)) *companyOffice {
	p := newIDP()
	all := append([]func(*desk.Config){func(c *desk.Config) {
		c.Company = &desk.Company{
			Provider: p, Name: "Example ID", RedirectPath: "/auth/callback", LogoutPath: "/auth/backchannel-logout",
			SecondFactors: []string{"mfa"}, PhishingResistant: []string{"hwk"},
		}
	}}, change...)
	return &companyOffice{office: staffed(t, all...), idp: p}
}

// linked is an operator who is linked to the account that the provider answers with.
func (o *companyOffice) linked(name string, roles ...string) store.Operator {
	op := o.Person(name, roles...)
	o.Change(op.ID, func(op *store.Operator) { op.Subject = desk.SubjectOf(issuer, o.idp.account.Subject) })
	return o.Find(op.ID)
}

// away begins a way to the provider.
func (o *companyOffice) away(id *desk.Identity, s desk.CompanyStart) (state string) {
	o.T.Helper()
	s.Cookie = o.cookie
	begun, err := o.BeginCompany(ctx, home, id, s)
	require.NoError(o.T, err)
	o.cookie = begun.Cookie
	u, err := url.Parse(begun.URL)
	require.NoError(o.T, err)
	return u.Query().Get("state")
}

// back is the flow that a browser brings back.
func (o *companyOffice) back(query url.Values) (flow string) {
	o.T.Helper()
	returned, ok := o.ReturnCompany(home, o.cookie, query)
	require.True(o.T, ok)
	o.cookie = returned.Cookie
	u, err := url.Parse(returned.Path)
	require.NoError(o.T, err)
	require.Equal(o.T, "/login/company", u.Path)
	return u.Query().Get("flow")
}

// brought is an answer with a code of its own.
func brought(state string) url.Values {
	return url.Values{"state": {state}, "code": {"code of " + state}, "iss": {issuer}}
}

// walk goes to the provider and back.
func (o *companyOffice) walk(id *desk.Identity, s desk.CompanyStart) (desk.CompanyDone, error) {
	o.T.Helper()
	return o.finish(id, o.back(brought(o.away(id, s))))
}

func (o *companyOffice) finish(id *desk.Identity, flow string) (desk.CompanyDone, error) {
	done, err := o.FinishCompany(ctx, home, id, o.cookie, flow)
	o.cookie = done.Cookie
	return done, err
}

func (o *companyOffice) enter() (desk.CompanyDone, error) {
	o.T.Helper()
	return o.walk(nil, desk.CompanyStart{Purpose: desk.CompanySignIn, Next: "/next"})
}

// requireRefused checks that a company sign-in was refused, and why only the audit log says so.
func (o *companyOffice) requireRefused(err error, code, why string) {
	o.T.Helper()
	require.ErrorIs(o.T, err, desk.ErrCompanyRefused)
	require.Equal(o.T, desk.ErrCompanyRefused, err, "one answer for every reason")
	last := o.Last()
	require.Equal(o.T, []string{code, why}, []string{last.Code, last.Reason})
}

var errProviderDown = errors.New("connection refused")
