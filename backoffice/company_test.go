package backoffice_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/store"
)

const callback = backoffice.DefaultRedirectPath

// withCompany starts an office whose operators may sign in at a provider.
func withCompany(t testing.TB, change ...func(*backoffice.Config)) (*office, *testoffice.Provider) {
	t.Helper()
	p := &testoffice.Provider{EndSession: testoffice.Issuer + "/logout"}
	return newOffice(t, append(change, browse.WithCompany(p))...), p
}

// linked is an operator with two factors and a linked account at the provider, who is
// signed in.
func (o *office) linked(p *testoffice.Provider, name string) *person {
	o.T.Helper()
	who := o.Enrolled(name, backoffice.Moderator)
	answer := who.Through(who.Submit(who.Get("/account/company"), "/account/company"), o.callback(), p.As(account(name)))
	require.Equal(o.T, "/account/company?done=company-linked", answer.Location, answer.Text())
	return who
}

// callback is where the provider leads back to.
func (o *office) callback() string {
	if path := o.CookiePath(); path != "/" {
		return path[:len(path)-1] + callback
	}
	return callback
}

func account(name string) desk.CompanyAccount { return testoffice.Account(name, name+"@example.org") }

// proves says that the provider checked a second factor.
func proves(a desk.CompanyAccount) desk.CompanyAccount {
	a.Methods = []string{"pwd", "mfa"}
	return a
}

// going is the page that goes on to the provider from the sign-in page.
func going(b *browser) page { return b.Submit(b.Get("/login"), "/login/company") }

func TestTheCompanySignInAsksForTheCode(t *testing.T) {
	o, p := withCompany(t)
	ada := o.linked(p, "Ada")
	b := o.Browser()
	require.Contains(t, b.Get("/login").Text(), "Continue with Meadow ID")
	asks := b.Through(b.Submit(b.Get("/login?next=%2Fanalytics"), "/login/company"), callback, p.As(account("Ada")))
	require.Equal(t, "/login/code", asks.Location, asks.Text())
	require.False(t, b.SignedIn(), "not before the second factor")
	answer := b.Submit(b.Get("/login/code"), "/login/code", "code", o.Code(ada.Secret))
	require.Equal(t, "/analytics", answer.Location)
	require.True(t, b.SignedIn())

	t.Run("unless the provider has checked a second factor that the host accepts", func(t *testing.T) {
		b := o.Browser()
		require.Equal(t, "/", b.Through(going(b), callback, p.As(proves(account("Ada")))).Location)
		require.True(t, b.SignedIn())
	})
	t.Run("the answer of a flow that is over leads on", func(t *testing.T) {
		b := o.Browser()
		query := p.SignsIn(going(b).Refresh(), proves(account("Ada")))
		inside := b.Return(callback, query).Refresh()
		require.Equal(t, "/", b.Get(inside).Location)
		require.Equal(t, "/", b.Get(inside).Location, "reloaded")
		other := o.Browser()
		require.Equal(t, "/login?done=ended", other.Get(inside).Location, "another browser has no flow")
	})
	t.Run("several tabs, in any order", func(t *testing.T) {
		b := o.Browser()
		one, two := going(b).Refresh(), going(b).Refresh()
		require.Equal(t, "/", b.Through(page{T: t, Body: refreshing(two)}, callback, p.As(proves(account("Ada")))).Location)
		require.Equal(t, "/", b.Through(page{T: t, Body: refreshing(one)}, callback, p.As(proves(account("Ada")))).Location)
	})
}

func refreshing(to string) string { return `<meta http-equiv="refresh" content="0; url=` + to + `">` }

func TestTheWaysThroughTheProviderThatLeadNowhere(t *testing.T) {
	o, p := withCompany(t)
	ada, ben := o.linked(p, "Ada"), o.Enrolled("Ben", backoffice.Moderator)
	b := o.Browser()
	nobody := b.Through(going(b), callback, p.As(account("nobody")))
	o.Change(ada.ID, func(op *store.Operator) { op.State = store.OperatorDisabled })
	disabled := b.Through(going(b), callback, p.As(account("Ada")))
	require.Equal(t, http.StatusForbidden, nobody.Status)
	require.Contains(t, nobody.Text(), "No account here")
	require.Equal(t, nobody.Text(), disabled.Text(), "an account that may not sign in is like none")

	cancelled := b.Get(b.Return(callback, p.Cancels(going(b).Refresh())).Refresh())
	require.Equal(t, http.StatusForbidden, cancelled.Status)
	require.Contains(t, cancelled.Text(), "Cancelled")

	begun := going(b)
	p.Down(true)
	for what, down := range map[string]page{"before": going(b), "after": b.Through(begun, callback, p.As(account("Ada")))} {
		require.Equal(t, http.StatusServiceUnavailable, down.Status, what)
		require.Contains(t, down.Text(), "Meadow ID does not respond", what)
	}
	p.Down(false)

	taken := ben.Through(ben.Submit(ben.Get("/account/company"), "/account/company"), callback, p.As(account("Ada")))
	require.Equal(t, http.StatusConflict, taken.Status)
	require.Contains(t, taken.Text(), "Linked to another operator")

	forged := b.Return(callback, url.Values{"code": {"code of another"}, "state": {stateOf(t, going(b))}})
	require.Contains(t, b.Get(forged.Refresh()).Text(), "No account here")
}

func stateOf(t *testing.T, going page) string {
	u, err := url.Parse(going.Refresh())
	require.NoError(t, err)
	return u.Query().Get("state")
}
