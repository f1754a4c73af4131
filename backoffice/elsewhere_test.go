package backoffice_test

import (
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
