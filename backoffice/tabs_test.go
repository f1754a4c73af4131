package backoffice_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/totp"
)

func TestASecondTab(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	b := o.Browser()
	one, two := b.Get("/login?next=/account/sessions"), b.Get("/login")
	require.NotEqual(t, one.Form("/login").Get("csrf"), two.Form("/login").Get("csrf"), "two tabs are two pages")

	answer := b.Submit(two, "/login", "login", "Ada", "password", good)
	require.Equal(t, "/login/code", answer.Location, answer.Text())
	t.Run("a form from before the password is out of date, and leads to a new one", func(t *testing.T) {
		stale := b.Submit(one, "/login", "login", "Ada", "password", good)
		require.Equal(t, http.StatusForbidden, stale.Status)
		require.Contains(t, stale.Text(), "This form is out of date")
		require.Contains(t, stale.Body, `href="`+o.Base+`/login"`)
		require.Equal(t, http.StatusOK, b.Get("/login/code").Status, "the sign-in goes on")
	})
	code := b.Get("/login/code")
	done := b.Submit(code, "/login/code", "code", o.Code(ada.Secret))
	require.Equal(t, "/", done.Location)
	t.Run("a form of before goes on to where it was going", func(t *testing.T) {
		late := b.Submit(one, "/login", "login", "Ada", "password", good)
		require.Equal(t, "/account/sessions", late.Location)
		late = b.Submit(code, "/login/code", "code", "000000")
		require.Equal(t, "/", late.Location)
		require.True(t, b.SignedIn())
	})
	t.Run("the back button leads home", func(t *testing.T) {
		for _, path := range []string{"/login", "/login/code", "/login/recovery", "/login/enrol", "/login/lost-phone"} {
			require.Equal(t, "/", b.Get(path).Location, path)
		}
		require.Equal(t, "/#", b.Get("/setup").Location, "without the token of a setup link")
		require.Equal(t, "/account", b.Get("/login?next=/account").Location)
	})
}

func TestABookmark(t *testing.T) {
	o := newOffice(t)
	o.Inside.Handle("/analytics/{month}", o.Require("analytics.view")(hello))
	const bookmark = "/analytics/2026-03?by=week&to=caf%C3%A9"
	t.Run("survives sign-in and enrolment", func(t *testing.T) {
		p := &person{Browser: o.Browser(), Operator: o.Person("Ada", backoffice.CommunityManager)}
		asked := p.Open(bookmark)
		require.Equal(t, "/login", asked.Path)
		shown := p.Follow(p.Submit(asked, "/login", "login", "Ada", "password", good))
		p.Enrol(shown)
		require.Equal(t, bookmark, p.Get("/login/enrol").Location+strings.TrimPrefix(bookmark, "/"), "after the codes one goes home")
	})
	t.Run("survives sign-in", func(t *testing.T) {
		ben := o.Enrolled("Ben", backoffice.CommunityManager)
		b := o.Browser()
		wrongOne := b.Submit(b.Open(bookmark), "/login", "login", "Ben", "password", wrong)
		shown := b.Follow(b.Submit(wrongOne, "/login", "login", "Ben", "password", good))
		done := b.Submit(shown, "/login/code", "code", o.Code(ben.Secret))
		require.Equal(t, bookmark, done.Location)
		require.Equal(t, "hello Ben", b.Follow(done).Body)
		o.Clock.Add(totp.Period)

		t.Run("and a session that ends", func(t *testing.T) {
			o.Clock.Add(31 * time.Minute)
			shown := b.Follow(b.Submit(b.Open(bookmark), "/login", "login", "Ben", "password", good))
			done := b.Submit(shown, "/login/code", "code", o.Code(ben.Secret))
			require.Equal(t, bookmark, done.Location)
			o.Clock.Add(totp.Period)
		})
		t.Run("and a session ended in another browser", func(t *testing.T) {
			ben.Open("/account/sessions")
			there := ben.Again()
			shown := there.Get("/account/sessions")
			require.Equal(t, "/account/sessions?done=sessions-ended", there.Submit(shown, "/account/sessions", "end", "others").Location)
			asked := b.Get(bookmark)
			require.Equal(t, http.StatusSeeOther, asked.Status)
			require.Equal(t, "/login", b.Follow(asked).Path)
		})
	})
	t.Run("of the bare address leads home", func(t *testing.T) {
		b := o.Browser()
		require.Equal(t, "/", b.Get("").Location)
		require.Equal(t, "/login", b.Get("/").Location)
	})
}

func TestALinkOnAnotherSite(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	// The browser keeps the strict cookie to itself, so this looks signed out.
	r := o.Browser().Request(http.MethodGet, "/account/sessions?a=1", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	arrived := o.Browser().Send(r)
	require.Equal(t, http.StatusOK, arrived.Status)
	require.Contains(t, arrived.Body, `content="0; url=`+o.Base+`/account/sessions?a=1"`)
	require.Contains(t, arrived.Text(), "You followed a link from another site")
	require.Equal(t, http.StatusOK, ada.Get("/account/sessions?a=1").Status, "one step further it is sent")
	require.Equal(t, "/login?next=%2Faccount%2Fsessions%3Fa%3D1", o.Browser().Get("/account/sessions?a=1").Location)

	for name, change := range map[string]func(*http.Request){
		"a form":      func(r *http.Request) { r.Method = http.MethodPost },
		"typed":       func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "none") },
		"old browser": func(r *http.Request) { r.Header.Del("Sec-Fetch-Site") },
	} {
		r := o.Browser().Request(http.MethodGet, "/account/sessions", nil)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		change(r)
		require.Equal(t, http.StatusSeeOther, o.Browser().Send(r).Status, name)
	}
}

func TestLostPhone(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	b := o.Browser()
	shown := b.Follow(b.Login("Ada", good))
	require.Contains(t, shown.Body, o.Base+"/login/lost-phone")
	help := b.Get("/login/lost-phone")
	for _, words := range []string{"Use a recovery code", "Ask a colleague", "reset-two-factor"} {
		require.Contains(t, help.Text(), words)
	}
	require.NoError(t, o.CommandLine().ResetTwoFactor(ctx, ada.Email, "the phone is in the river"))
	require.Contains(t, b.Follow(b.Submit(shown, "/login/code", "code", o.Code(ada.Secret))).Text(), "This sign-in took too long")
	again := b.Follow(b.Login("Ada", good))
	require.Equal(t, "/login/enrol", again.Path)
	require.NotEqual(t, ada.Secret, again.Secret())
}

func TestSigningOut(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	shown, token := ada.Get("/account"), ada.Cookie(sessionCookie)
	require.Contains(t, ada.Get("/logout").Text(), "Sign out? You are signed in as Ada .")
	require.True(t, ada.SignedIn(), "a link signs nobody out")
	o.Store.FailMethod("FindSession", errDown)
	require.Equal(t, http.StatusServiceUnavailable, ada.Get("/logout").Status, "it does not say that nobody is signed in")
	o.Store.Reset()
	answer := ada.Submit(shown, "/logout")
	require.Equal(t, "/logout", answer.Location)
	require.Equal(t, `"cache"`, answer.Header.Get("Clear-Site-Data"))
	require.Empty(t, ada.Cookie(sessionCookie))
	require.Equal(t, http.StatusOK, ada.Follow(answer).Status)
	ada.SetCookie(sessionCookie, token)
	require.False(t, ada.SignedIn(), "the old cookie opens nothing")
	require.Equal(t, "/logout", ada.Submit(shown, "/logout").Location, "a second click")
}
