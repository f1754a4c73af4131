package backoffice_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

func TestALinkOfAnotherSiteEndsNothingThatWasBegun(t *testing.T) {
	o := newOffice(t)
	o.Inside.HandleFunc("/host", func(http.ResponseWriter, *http.Request) {})
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	begun := o.Browser()
	begun.Follow(begun.Login("Ada", good))
	pre := begun.Cookie(preCookie)
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
		for _, b := range []*browser{ada.Browser, begun} {
			p := b.From(path)
			require.Equal(t, http.StatusOK, p.Status, path)
			require.Empty(t, p.Header.Values("Set-Cookie"), path)
			require.NotContains(t, p.Body, "csrf", path)
			require.Contains(t, p.Body, `href="`+o.Base+to+`"`, path)
		}
	}
	require.Equal(t, pre, begun.Cookie(preCookie))
	require.Equal(t, http.StatusSeeOther, begun.Submit(begun.Get("/login/code"), "/login/code", "code", o.Code(ada.Secret)).Status)
	require.True(t, ada.SignedIn())

	t.Run("pages whose link is in the fragment open at once", func(t *testing.T) {
		for _, path := range []string{"/reset", "/welcome"} {
			o.Browser().From(path).Form(path)
		}
		newOffice(t).Browser().From("/setup").Form("/setup")
	})
}

func TestARequestThatCrossesARotationEndsNothing(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	old := ada.Cookie(sessionCookie)
	p := ada.Submit(ada.Get("/step-up"), "/step-up", "password", good, "code", o.Code(ada.Secret))
	require.Equal(t, http.StatusSeeOther, p.Status, p.Text())
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		for _, path := range []string{"/account", "/account/name", "/host"} {
			r := ada.Request(method, path, nil)
			r.Header.Set("Cookie", sessionCookie+"="+old)
			other := o.Browser()
			other.Client.Jar = nil
			late := other.Send(r)
			if late.Status != http.StatusMethodNotAllowed {
				require.Equal(t, http.StatusSeeOther, late.Status, "%s %s", method, path)
				require.Empty(t, late.Header.Values("Set-Cookie"), "%s %s", method, path)
			}
		}
	}
	require.True(t, ada.SignedIn())

	t.Run("while signing out deletes the cookie", func(t *testing.T) {
		out := ada.Submit(ada.Get("/account"), "/logout")
		require.Contains(t, out.Header.Get("Set-Cookie"), sessionCookie+"=;")
		require.Empty(t, ada.Cookie(sessionCookie))
	})
}

func TestASlashThatTheHostsMuxAddsKeepsTheAlias(t *testing.T) {
	o := newOffice(t)
	to := ""
	o.Inside.HandleFunc("/reports/", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "reports") })
	o.Inside.HandleFunc("/go/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	})
	o.Inside.HandleFunc("/go", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusTemporaryRedirect)
	})
	o.Inside.HandleFunc("/made", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/made/")
		w.WriteHeader(http.StatusCreated)
	})
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	for _, c := range []struct{ asked, to, want string }{
		{"/reports", "", o.Base + "/reports/"},
		{"/reports?tab=2", "", o.Base + "/reports/?tab=2"},
		{"/go", "/go/", o.Base + "/go/"},
		{"/go/", "/go", o.Base + "/go"},
		{"/go", "/", "/"},
		{"/go", "/elsewhere/", "/elsewhere/"},
		{"/go", "/go/?tab=2", "/go/?tab=2"},
		{"/go", "/go/#part", "/go/#part"},
		{"/go", o.Base + "/go/", o.Base + "/go/"},
		{"/go", "//go/", "//go/"},
		{"/go", "https://other.example/go/", "https://other.example/go/"},
		{"/go", "go/", "go/"},
		{"/go", "", ""},
		{"/made", "", "/made/"},
	} {
		to = c.to
		r := ada.Request(http.MethodGet, c.asked, nil)
		r.Header.Set("User-Agent", ada.Agent)
		res, err := ada.Client.Do(r)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, c.want, res.Header.Get("Location"), "%s to %s", c.asked, c.to)
	}
	require.Equal(t, "reports", ada.Get("/reports/").Body)
}

func TestTheHostEndsTheSessionsOfAMember(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	o.Change(ada.ID, func(op *store.Operator) { op.MemberID = "m-1" })
	require.NoError(t, o.EndMemberSessions(ctx, "m-2"))
	require.True(t, ada.SignedIn())
	require.NoError(t, o.EndMemberSessions(ctx, "m-1"))
	require.False(t, ada.SignedIn())
	require.Equal(t, 1, o.Count("session.member_ended"))
}
