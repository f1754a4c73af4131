package desk_test

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

var signIn = desk.CompanyStart{Purpose: desk.CompanySignIn}

func TestWhoseAnswerOfAProviderIsTaken(t *testing.T) {
	other := home
	other.UserAgent = "Mozilla/5.0 (another browser)"
	for name, c := range map[string]struct {
		visit  desk.Visit
		change func(o *companyOffice, q url.Values)
	}{
		"another state":             {home, func(_ *companyOffice, q url.Values) { q.Set("state", strings.Repeat("A", 43)) }},
		"no state":                  {home, func(_ *companyOffice, q url.Values) { q.Del("state") }},
		"two states":                {home, func(_ *companyOffice, q url.Values) { q.Add("state", q.Get("state")) }},
		"another browser":           {other, func(*companyOffice, url.Values) {}},
		"no cookie":                 {home, func(o *companyOffice, _ url.Values) { o.cookie = "" }},
		"a cookie that was changed": {home, func(o *companyOffice, _ url.Values) { o.cookie = o.cookie[:100] + strings.ToUpper(o.cookie[100:]) }},
		"a cookie of another secret": {home, func(o *companyOffice, _ url.Values) {
			other := withCompany(t)
			other.away(nil, signIn)
			o.cookie = other.cookie[:20] + o.cookie[20:]
		}},
		"too late":        {home, func(o *companyOffice, _ url.Values) { o.Clock.Add(desk.CompanyFlowLife) }},
		"from the future": {home, func(o *companyOffice, _ url.Values) { o.Clock.Add(-time.Hour) }},
		"the office has moved": {home, func(o *companyOffice, _ url.Values) {
			o.ChangeParameters(func(p *store.Parameters) { p.Alias = "another-alias-42" })
			_, err := o.Reload(ctx)
			require.NoError(o.T, err)
		}},
		"a cookie of a megabyte": {home, func(o *companyOffice, _ url.Values) { o.cookie = strings.Repeat(o.cookie+".", 1000) }},
	} {
		t.Run(name, func(t *testing.T) {
			o := withCompany(t)
			q := brought(o.away(nil, signIn))
			c.change(o, q)
			o.Store.Reset()
			_, ok := o.ReturnCompany(c.visit, o.cookie, q)
			require.False(t, ok)
			require.Empty(t, o.Store.Calls(), "strangers cost the store nothing")
		})
	}
}

func TestAnswersThatNoProviderGives(t *testing.T) {
	for name, c := range map[string]struct {
		change func(q url.Values)
		err    error
		why    string
	}{
		"two codes":           {func(q url.Values) { q.Add("code", "more") }, desk.ErrCompanyRefused, "error malformed"},
		"no code":             {func(q url.Values) { q.Del("code") }, desk.ErrCompanyRefused, "error malformed"},
		"a code and an error": {func(q url.Values) { q.Set("error", "access_denied") }, desk.ErrCompanyRefused, "error malformed"},
		"a code of a page":    {func(q url.Values) { q.Set("code", strings.Repeat("a", 2049)) }, desk.ErrCompanyRefused, "error malformed"},
		"an unknown error":    {func(q url.Values) { q.Del("code"); q.Set("error", "invalid_scope") }, desk.ErrCompanyRefused, "error invalid_scope"},
		"cancelled":           {func(q url.Values) { q.Del("code"); q.Set("error", "access_denied") }, desk.ErrCompanyCancelled, ""},
		"down":                {func(q url.Values) { q.Del("code"); q.Set("error", "temporarily_unavailable") }, desk.ErrCompanyDown, ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := withCompany(t)
			o.linked("Ada", desk.RoleModerator)
			q := brought(o.away(nil, signIn))
			c.change(q)
			_, err := o.finish(nil, o.back(q))
			require.Equal(t, c.err, err)
			require.Empty(t, o.idp.codes, "nothing was exchanged")
			if c.why != "" {
				require.Equal(t, "answer of the identity provider: "+c.why, o.Last().Reason)
			}
		})
	}
}

func TestAnAnswerCountsOnce(t *testing.T) {
	t.Run("in one browser", func(t *testing.T) {
		o := withCompany(t)
		o.linked("Ada", desk.RoleModerator)
		flow := o.back(brought(o.away(nil, signIn)))
		kept := o.cookie
		_, err := o.finish(nil, flow)
		require.NoError(t, err)
		_, err = o.finish(nil, flow)
		require.Equal(t, desk.ErrSignInEnded, err, "it is no longer in the cookie")
		o.cookie = kept
		_, err = o.finish(nil, flow)
		require.Equal(t, desk.ErrCompanyRefused, err, "a copy of the cookie has a code that was used")
	})
	t.Run("whatever the provider says", func(t *testing.T) {
		o := withCompany(t)
		op := o.linked("Ada", desk.RoleModerator)
		q := brought(o.away(nil, signIn))
		q.Set("code", "forever")
		flow := o.back(q)
		errs := testoffice.Race(8, func(i int) error {
			d := o.Desk
			if i%2 == 1 {
				d = o.Another()
			}
			_, err := d.FinishCompany(ctx, home, nil, o.cookie, flow)
			return err
		})
		require.Equal(t, 1, winners(errs), "%v", errs)
		for _, err := range errs {
			if err != nil {
				require.ErrorIs(t, err, desk.ErrSignInEnded)
			}
		}
		require.Len(t, o.SessionsOf(op.ID), 1)
	})
	t.Run("the first answer of a flow", func(t *testing.T) {
		o := withCompany(t)
		o.linked("Ada", desk.RoleModerator)
		state := o.away(nil, signIn)
		o.back(brought(state))
		injected := brought(state)
		injected.Set("code", "of someone else")
		_, err := o.finish(nil, o.back(injected))
		require.NoError(t, err)
		require.False(t, o.idp.codes["of someone else"])
	})
	t.Run("before it is there", func(t *testing.T) {
		o := withCompany(t)
		o.away(nil, signIn)
		_, err := o.finish(nil, "ABCDEFGHIJKLMNOP")
		require.Equal(t, desk.ErrSignInEnded, err)
		require.NotEmpty(t, o.cookie)
	})
}

func TestSeveralTabsAtOnce(t *testing.T) {
	o := withCompany(t)
	o.linked("Ada", desk.RoleModerator)
	var states []string
	for range 6 {
		states = append(states, o.away(nil, desk.CompanyStart{Purpose: desk.CompanySignIn, Next: "/" + strings.Repeat("n", 400)}))
		require.LessOrEqual(t, len(o.cookie), 3800)
	}
	for _, state := range states[:2] {
		_, ok := o.ReturnCompany(home, o.cookie, brought(state))
		require.False(t, ok, "the oldest are forgotten")
	}
	var flows []string
	for _, state := range states[2:] {
		flows = append(flows, o.back(brought(state)))
		require.LessOrEqual(t, len(o.cookie), 3800)
	}
	for i := range flows {
		done, err := o.finish(nil, flows[len(flows)-1-i])
		require.NoError(t, err)
		require.Len(t, done.Next, 401)
	}
	require.Empty(t, o.cookie)
}

func TestTheLongestAnswerFits(t *testing.T) {
	o := withCompany(t)
	o.linked("Ada", desk.RoleModerator)
	o.away(nil, signIn)
	state := o.away(nil, desk.CompanyStart{Purpose: desk.CompanySignIn, Next: "/" + strings.Repeat("n", 511)})
	q := brought(state)
	q.Set("code", strings.Repeat("c", 2048))
	_, err := o.finish(nil, o.back(q))
	require.NoError(t, err)
}

func TestSomeoneWhoIsSignedInAlready(t *testing.T) {
	o := withCompany(t)
	o.linked("Ada", desk.RoleModerator)
	flow := o.back(brought(o.away(nil, desk.CompanyStart{Purpose: desk.CompanySignIn, Next: "/next"})))
	id := o.Identity(o.Enter("Ada"))
	done, err := o.finish(id, flow)
	require.NoError(t, err)
	require.True(t, done.Already)
	require.Equal(t, "/next", done.Next)
	require.Empty(t, done.Token)
}

func TestACookieTellsNothing(t *testing.T) {
	o := withCompany(t)
	o.away(nil, desk.CompanyStart{Purpose: desk.CompanySignIn, Next: "/audit"})
	plain, err := base64.RawURLEncoding.DecodeString(o.cookie)
	require.NoError(t, err)
	for _, secret := range []string{"/audit", "sign-in", o.idp.asked[0].State, o.idp.asked[0].Verifier, o.Alias()} {
		require.NotContains(t, string(plain), secret)
	}
	o.back(brought(o.idp.asked[0].State))
	plain, err = base64.RawURLEncoding.DecodeString(o.cookie)
	require.NoError(t, err)
	require.NotContains(t, string(plain), "code of")
}

func FuzzReturnCompany(f *testing.F) {
	o := withCompany(f)
	state := o.away(nil, signIn)
	f.Add(o.cookie, brought(state).Encode())
	f.Add(o.cookie+"."+o.cookie, "state="+state+"&error=access_denied")
	f.Add("....", "state="+strings.Repeat("A", 43)+"&code=a&code=b&iss=")
	f.Fuzz(func(t *testing.T, cookie, query string) {
		q, _ := url.ParseQuery(query)
		returned, ok := o.ReturnCompany(home, cookie, q)
		if ok && (q.Get("state") != state || !strings.HasPrefix(returned.Path, "/login/company?flow=") || returned.Cookie == "") {
			t.Fatalf("took %q for its own", query)
		}
		if _, err := o.FinishCompany(ctx, home, nil, cookie, query); err == nil {
			t.Fatal("signed in")
		}
	})
}
