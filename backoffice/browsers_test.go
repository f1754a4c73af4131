package backoffice_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

// known are the operator's known browsers, the last to sign in first.
func (o *office) known(id string) []store.Browser {
	o.T.Helper()
	all, err := o.Under.ListBrowsers(ctx, id)
	require.NoError(o.T, err)
	return all
}

func TestABrowserStaysKnownWhenItSignsOut(t *testing.T) {
	o := newOffice(t)
	ada := o.Plain("Ada", backoffice.Moderator)
	first := ada.Cookie(browserCookie)
	require.Len(t, o.known(ada.ID), 1)
	ada.Submit(ada.Get("/account"), "/logout")
	require.Equal(t, first, ada.Cookie(browserCookie))

	for _, password := range []string{wrong, ""} {
		answer := ada.Login("Ada", password)
		require.Equal(t, http.StatusUnprocessableEntity, answer.Status)
		require.Empty(t, answer.Header.Values("Set-Cookie"), "what is refused changes nothing")
	}
	require.Equal(t, "/", ada.Login("Ada", good).Location)
	require.NotEqual(t, first, ada.Cookie(browserCookie))
	require.Len(t, o.known(ada.ID), 1, "it is the same browser")
}

func TestAStolenBrowserTokenGivesNothingButRecognition(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	stolen := ada.Cookie(browserCookie)
	require.NotEmpty(t, stolen)
	thief := o.Browser()
	thief.SetCookie(browserCookie, stolen)
	require.False(t, thief.SignedIn())
	require.Equal(t, "/login?done=ended", thief.Get("/login/code").Location)
	for _, cookie := range []cookie{sessionCookie, preCookie} {
		thief.SetCookie(cookie, stolen)
		require.False(t, thief.SignedIn())
		require.Equal(t, "/login?done=ended", thief.Get("/login/code").Location)
		thief.SetCookie(cookie, "")
	}
	require.Equal(t, http.StatusUnprocessableEntity, thief.Login("Ada", wrong).Status)
	require.Equal(t, "/login/code", thief.Login("Ada", good).Location, "the code is still asked for")
	require.False(t, thief.SignedIn())

	o.Clock.Add(totp.Period)
	ada.Submit(ada.Get("/account"), "/logout")
	ada.Submit(ada.Follow(ada.Login("Ada", good)), "/login/code", "code", o.Code(ada.Secret))
	o.Clock.Add(totp.Period)
	ada.Submit(ada.Get("/account"), "/logout")
	ada.Submit(ada.Follow(ada.Login("Ada", good)), "/login/code", "code", o.Code(ada.Secret))
	view, err := o.Under.FindSignIn(ctx, store.SignInQuery{OperatorID: ada.ID, Browsers: []store.Digest{store.DigestOf(stolen)}})
	require.NoError(t, err)
	require.Zero(t, view.Browser, "two sign-ins later it is worth nothing")
}

func TestACookieFullOfGarbageHindersNothing(t *testing.T) {
	o := newOffice(t)
	ada := o.Plain("Ada", backoffice.Moderator)
	token := ada.Cookie(browserCookie)
	for name, value := range map[string]string{
		"garbage": "~~~", "dots": strings.Repeat(".", 500), "a hundred tokens": strings.Repeat(token+".", 100), "half a token": token[:20],
	} {
		b := o.Browser()
		b.SetCookie(browserCookie, value)
		b.SetCookie(schemeCookie, value)
		b.SetCookie(keptCookie, value)
		require.Contains(t, b.Get("/login").Body, "<html lang=\"en\" dir=\"ltr\">", name)
		require.Equal(t, "/", b.Login("Ada", good).Location, name)
		require.Len(t, strings.Split(b.Cookie(browserCookie), "."), 1, name)
		require.Contains(t, b.Get("/account/name?kept="+token).Text(), "no longer kept", name)
	}
}

func TestABrowserOfTwoAccountsIsKnownToBoth(t *testing.T) {
	o := newOffice(t)
	ada, ben := o.Plain("Ada", backoffice.Moderator), o.Plain("Ben", backoffice.Moderator)
	b := o.Browser()
	b.Login("Ada", good)
	b.Submit(b.Get("/account"), "/logout")
	b.Login("Ben", good)
	require.Len(t, strings.Split(b.Cookie(browserCookie), "."), 2)
	require.Len(t, o.known(ada.ID), 2)
	require.Len(t, o.known(ben.ID), 2)
	b.Submit(b.Get("/account"), "/logout")
	b.Login("Ada", good)
	require.Len(t, o.known(ada.ID), 2)

	// Another operator's browsers are not shown, and cannot be removed.
	shown := b.Get("/account/sessions")
	require.Equal(t, 1, strings.Count(shown.Text(), "This browser"))
	form := shown.Form("/account/sessions")
	form.Del("end")
	for _, id := range []string{o.known(ben.ID)[0].ID, "none", ""} {
		form.Set("remove", id)
		require.Equal(t, "/account/sessions?done=browser-gone", b.Post("/account/sessions", form).Location)
	}
	require.Len(t, o.known(ben.ID), 2)
}

func TestKnownBrowsersOnTheSessionsPage(t *testing.T) {
	o := newOffice(t)
	ada := o.Plain("Ada", backoffice.Moderator)
	o.Clock.Add(time.Minute)
	b := o.Browser()
	b.Login("Ada", good)
	remove := func(which string) page {
		form := b.Get("/account/sessions").Form("/account/sessions")
		form.Del("end")
		form.Set("remove", which)
		return b.Post("/account/sessions", form)
	}
	shown := b.Get("/account/sessions")
	require.Contains(t, shown.Text(), "Browsers you have signed in with")
	require.Equal(t, 1, strings.Count(shown.Text(), "This browser"))
	require.Contains(t, shown.Text(), "Remove all other browsers")

	answer := remove("others")
	require.Equal(t, "/account/sessions?done=browsers-removed", answer.Location)
	require.Empty(t, answer.Header.Values("Set-Cookie"))
	require.Len(t, o.known(ada.ID), 1)
	require.True(t, ada.SignedIn(), "its session goes on")
	require.NotContains(t, b.Get("/account/sessions").Text(), "Remove all other browsers")

	require.Equal(t, "/account/sessions?done=browser-removed", remove(o.known(ada.ID)[0].ID).Location)
	require.Empty(t, b.Cookie(browserCookie))
	require.True(t, b.SignedIn())
	require.NotContains(t, b.Get("/account/sessions").Text(), "Browsers you have signed in with")

	o.Clock.Add(20 * time.Minute)
	require.True(t, strings.HasPrefix(remove("others").Location, "/step-up?next="), "after a while, only with the password")
}

func TestAnOperatorsKnownBrowsersEndWithAllTheirSessions(t *testing.T) {
	o := newOffice(t)
	root, ada := o.Plain("Root", backoffice.SuperAdministrator), o.Plain("Ada", backoffice.Moderator)
	path := "/operators/" + ada.ID
	require.Contains(t, root.Get(path).Text(), "1 known browser.")
	ada.Submit(ada.Get("/account"), "/logout")
	shown := root.Get(path + "/sessions")
	require.Contains(t, shown.Text(), "the browser they have signed in with is no longer known")
	require.Equal(t, path+"?done=operator-sessions", root.Submit(shown, path+"/sessions").Location)
	require.Empty(t, o.known(ada.ID))
	require.Contains(t, root.Get(path+"/sessions").Text(), "has no open sessions")
}

func TestTheCookieOfKnownBrowsersInDevelopment(t *testing.T) {
	o := newOffice(t, insecure)
	ada := o.Plain("Ada", backoffice.Moderator)
	require.NotEmpty(t, ada.Cookie(browserCookie))
}
