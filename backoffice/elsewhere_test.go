package backoffice_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// from follows a link of another site: the browser sends no cookie of ours, as
// they are SameSite=Strict, and keeps those that the answer sets.
func (b *browser) from(path string) page {
	b.t.Helper()
	jar := b.client.Jar
	b.client.Jar = nil
	r := b.request(http.MethodGet, path, nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	p := b.send(r)
	b.client.Jar = jar
	jar.SetCookies(r.URL, (&http.Response{Header: p.header}).Cookies())
	return p
}

func TestALinkOfAnotherSiteEndsNothingThatWasBegun(t *testing.T) {
	o := newOffice(t)
	o.admin.HandleFunc("/host", func(http.ResponseWriter, *http.Request) {})
	ada := o.enrolled("Ada", backoffice.SuperAdministrator)
	begun := o.browser()
	begun.follow(begun.login("Ada", good))
	pre := begun.cookie(preCookie)
	require.NotEmpty(t, pre)
	for path, to := range map[string]string{
		"/":                     "/",
		"/account":              "/account",
		"/host?tab=2":           "/host?tab=2",
		"/login":                "/login",
		"/login?next=/host":     "/login?next=%2Fhost",
		"/login?next=//evil.ex": "/login",
		"/login/code":           "/login/code",
		"/login/recovery":       "/login/recovery",
		"/login/enrol":          "/login/enrol",
		"/login/lost-phone":     "/login/lost-phone",
		"/login/nothing":        "/",
	} {
		for _, b := range []*browser{ada.browser, begun} {
			p := b.from(path)
			require.Equal(t, http.StatusOK, p.status, path)
			require.Empty(t, p.header.Values("Set-Cookie"), path)
			require.NotContains(t, p.body, "csrf", path)
			require.Contains(t, p.body, `href="`+o.base+to+`"`, path)
		}
	}
	require.Equal(t, pre, begun.cookie(preCookie))
	require.Equal(t, http.StatusSeeOther, begun.submit(begun.get("/login/code"), "/login/code", "code", o.code(ada.secret)).status)
	require.True(t, ada.signedIn())

	t.Run("pages whose link is in the fragment open at once", func(t *testing.T) {
		for _, path := range []string{"/setup", "/reset", "/welcome"} {
			o.browser().from(path).form(path)
		}
	})
}

func TestARequestThatCrossesARotationEndsNothing(t *testing.T) {
	o := newOffice(t)
	ada := o.enrolled("Ada", backoffice.SuperAdministrator)
	old := ada.cookie(sessionCookie)
	p := ada.submit(ada.get("/step-up"), "/step-up", "password", good, "code", o.code(ada.secret))
	require.Equal(t, http.StatusSeeOther, p.status, p.text())
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		for _, path := range []string{"/account", "/account/name", "/host"} {
			r := ada.request(method, path, nil)
			r.Header.Set("Cookie", sessionCookie+"="+old)
			other := o.browser()
			other.client.Jar = nil
			late := other.send(r)
			if late.status != http.StatusMethodNotAllowed {
				require.Equal(t, http.StatusSeeOther, late.status, "%s %s", method, path)
				require.Empty(t, late.header.Values("Set-Cookie"), "%s %s", method, path)
			}
		}
	}
	require.True(t, ada.signedIn())

	t.Run("while signing out deletes the cookie", func(t *testing.T) {
		out := ada.submit(ada.get("/account"), "/logout")
		require.Contains(t, out.header.Get("Set-Cookie"), sessionCookie+"=;")
		require.Empty(t, ada.cookie(sessionCookie))
	})
}

func TestASlashThatTheHostsMuxAddsKeepsTheAlias(t *testing.T) {
	o := newOffice(t)
	to := ""
	o.admin.HandleFunc("/reports/", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "reports") })
	o.admin.HandleFunc("/go/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	})
	o.admin.HandleFunc("/go", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusTemporaryRedirect)
	})
	o.admin.HandleFunc("/made", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/made/")
		w.WriteHeader(http.StatusCreated)
	})
	ada := o.enrolled("Ada", backoffice.SuperAdministrator)
	for _, c := range []struct{ asked, to, want string }{
		{"/reports", "", o.base + "/reports/"},
		{"/reports?tab=2", "", o.base + "/reports/?tab=2"},
		{"/go", "/go/", o.base + "/go/"},
		{"/go/", "/go", o.base + "/go"},
		{"/go", "/", "/"},
		{"/go", "/elsewhere/", "/elsewhere/"},
		{"/go", "/go/?tab=2", "/go/?tab=2"},
		{"/go", "/go/#part", "/go/#part"},
		{"/go", o.base + "/go/", o.base + "/go/"},
		{"/go", "//go/", "//go/"},
		{"/go", "https://other.example/go/", "https://other.example/go/"},
		{"/go", "go/", "go/"},
		{"/go", "", ""},
		{"/made", "", "/made/"},
	} {
		to = c.to
		r := ada.request(http.MethodGet, c.asked, nil)
		r.Header.Set("User-Agent", ada.agent)
		res, err := ada.client.Do(r)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, c.want, res.Header.Get("Location"), "%s to %s", c.asked, c.to)
	}
	require.Equal(t, "reports", ada.get("/reports/").body)
}

func TestTheHostEndsTheSessionsOfAMember(t *testing.T) {
	o := newOffice(t)
	ada := o.enrolled("Ada", backoffice.SuperAdministrator)
	o.change(ada.ID, func(op *store.Operator) { op.MemberID = "m-1" })
	require.NoError(t, o.EndMemberSessions(ctx, "m-2"))
	require.True(t, ada.signedIn())
	require.NoError(t, o.EndMemberSessions(ctx, "m-1"))
	require.False(t, ada.signedIn())
	require.Equal(t, 1, o.count("session.member_ended"))
}
