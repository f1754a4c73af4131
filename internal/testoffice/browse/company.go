package browse

import (
	"context"
	"errors"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
)

// WithCompany gives an office a company sign-in at a provider, which can check a second factor.
func WithCompany(p *testoffice.Provider) func(*backoffice.Config) {
	return func(c *backoffice.Config) {
		c.Company = &backoffice.Company{Name: "Meadow ID", Provider: provider{p}, SecondFactors: []string{"mfa"}}
	}
}

// provider is the provider in the types of the host.
type provider struct{ *testoffice.Provider }

func (p provider) Authorize(ctx context.Context, r backoffice.AuthRequest) (string, error) {
	return p.Provider.Authorize(ctx, desk.AuthRequest(r))
}

func (p provider) Redeem(ctx context.Context, r backoffice.AuthRequest, a backoffice.AuthAnswer) (backoffice.CompanyAccount, error) {
	account, err := p.Provider.Redeem(ctx, desk.AuthRequest(r), desk.AuthAnswer(a))
	return backoffice.CompanyAccount(account), answerError(err)
}

func (p provider) VerifyLogout(ctx context.Context, token string, now time.Time) (backoffice.LogoutNotice, error) {
	notice, err := p.Provider.VerifyLogout(ctx, token, now)
	return backoffice.LogoutNotice(notice), answerError(err)
}

// answerError makes a refusal one of the host's.
func answerError(err error) error {
	if refused, ok := errors.AsType[*desk.AnswerError](err); ok {
		return &backoffice.AnswerError{Reason: refused.Reason}
	}
	return err
}

var refreshTag = regexp.MustCompile(`<meta http-equiv="refresh" content="0; url=([^"]+)">`)

// Refresh is where a page goes on to on its own.
func (p Page) Refresh() string {
	p.T.Helper()
	m := refreshTag.FindStringSubmatch(p.Body)
	require.NotNil(p.T, m, "%d at %s: %s", p.Status, p.Path, p.Text())
	return strings.TrimPrefix(html.UnescapeString(m[1]), p.Base)
}

// Return is the browser led back from the identity provider, which is another site: of the
// office's cookies it sends the one that is SameSite=Lax, and it keeps those of the answer.
func (b *Browser) Return(path string, query url.Values) Page {
	b.T.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.Site.Server.URL+path+"?"+query.Encode(), nil)
	require.NoError(b.T, err)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	if flow := b.Cookie(FlowCookie); flow != "" {
		r.AddCookie(&http.Cookie{Name: b.Site.Named(FlowCookie), Value: flow})
	}
	jar := b.Client.Jar
	b.Client.Jar = nil
	p := b.Send(r)
	b.Client.Jar = jar
	jar.SetCookies(r.URL, (&http.Response{Header: p.Header}).Cookies())
	return p
}

// Through is the browser sent to the identity provider by a page, and led back through a
// path outside with what the provider answers to that URL. It returns the answer to what
// counts inside.
func (b *Browser) Through(going Page, path string, answers func(authorize string) url.Values) Page {
	b.T.Helper()
	return b.Get(b.Return(path, answers(going.Refresh())).Refresh())
}
