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

func TestASecondTab(t *testing.T) {
	o := newOffice(t)
	ada := o.enrolled("Ada", backoffice.Moderator)
	b := o.browser()
	one, two := b.get("/login?next=/account/sessions"), b.get("/login")
	require.Equal(t, one.form("/login").Get("csrf"), two.form("/login").Get("csrf"), "two tabs are one browser")

	answer := b.submit(two, "/login", "login", "Ada", "password", good)
	require.Equal(t, "/login/code", answer.location, answer.text())
	t.Run("a form from before the password is out of date, and leads to a new one", func(t *testing.T) {
		stale := b.submit(one, "/login", "login", "Ada", "password", good)
		require.Equal(t, http.StatusForbidden, stale.status)
		require.Contains(t, stale.text(), "This form is out of date")
		require.Contains(t, stale.body, `href="`+o.base+`/login"`)
		require.Equal(t, http.StatusOK, b.get("/login/code").status, "the sign-in goes on")
	})
	code := b.get("/login/code")
	done := b.submit(code, "/login/code", "code", o.code(ada.secret))
	require.Equal(t, "/", done.location)
	t.Run("a form of before goes on to where it was going", func(t *testing.T) {
		late := b.submit(one, "/login", "login", "Ada", "password", good)
		require.Equal(t, "/account/sessions", late.location)
		late = b.submit(code, "/login/code", "code", "000000")
		require.Equal(t, "/", late.location)
		require.True(t, b.signedIn())
	})
	t.Run("the back button leads home", func(t *testing.T) {
		for _, path := range []string{"/login", "/login/code", "/login/recovery", "/login/enrol", "/login/lost-phone", "/setup"} {
			require.Equal(t, "/", b.get(path).location, path)
		}
		require.Equal(t, "/account", b.get("/login?next=/account").location)
	})
}

func TestADoubleClick(t *testing.T) {
	o := newOffice(t)
	ada := o.enrolled("Ada", backoffice.Moderator)
	b := o.browser()
	login := b.get("/login")
	first := b.cookie(preCookie)
	require.Equal(t, "/login/code", b.submit(login, "/login", "login", "Ada", "password", good).location)
	// The second click was sent before the first answer came.
	b.setCookie(preCookie, first)
	require.Equal(t, "/login/code", b.submit(login, "/login", "login", "Ada", "password", good).location)

	shown, token := b.get("/login/code"), b.cookie(preCookie)
	code := o.code(ada.secret)
	require.Equal(t, "/", b.submit(shown, "/login/code", "code", code).location)
	session := b.cookie(sessionCookie)
	b.setCookie(sessionCookie, "")
	b.setCookie(preCookie, token)
	again := b.submit(shown, "/login/code", "code", code)
	require.Equal(t, "/login?done=ended", again.location)
	b.setCookie(sessionCookie, session)
	require.Equal(t, "/", b.get("/login?done=ended").location, "where the browser is signed in by then")

	t.Run("on a form that changes something", func(t *testing.T) {
		shown := b.get("/account/name")
		for range 2 {
			require.Equal(t, "/account?done=name", b.submit(shown, "/account/name", "name", "Adele").location)
		}
		require.Contains(t, b.get("/account?done=name").text(), "Name changed.")
	})
}

func TestABookmark(t *testing.T) {
	o := newOffice(t)
	o.admin.Handle("/analytics/{month}", o.Require("analytics.view")(hello))
	const bookmark = "/analytics/2026-03?by=week&to=caf%C3%A9"
	t.Run("survives sign-in and enrolment", func(t *testing.T) {
		p := &person{browser: o.browser(), Operator: o.add(store.Operator{}, "Ada", backoffice.CommunityManager)}
		asked := p.open(bookmark)
		require.Equal(t, "/login", asked.path)
		shown := p.follow(p.submit(asked, "/login", "login", "Ada", "password", good))
		p.enrol(shown)
		require.Equal(t, bookmark, p.get("/login/enrol").location+strings.TrimPrefix(bookmark, "/"), "after the codes one goes home")
	})
	t.Run("survives sign-in", func(t *testing.T) {
		ben := o.enrolled("Ben", backoffice.CommunityManager)
		b := o.browser()
		wrongOne := b.submit(b.open(bookmark), "/login", "login", "Ben", "password", wrong)
		shown := b.follow(b.submit(wrongOne, "/login", "login", "Ben", "password", good))
		done := b.submit(shown, "/login/code", "code", o.code(ben.secret))
		require.Equal(t, bookmark, done.location)
		require.Equal(t, "hello Ben", b.follow(done).body)
		o.clock.Add(totp.Period)

		t.Run("and a session that ends", func(t *testing.T) {
			o.clock.Add(31 * time.Minute)
			shown := b.follow(b.submit(b.open(bookmark), "/login", "login", "Ben", "password", good))
			done := b.submit(shown, "/login/code", "code", o.code(ben.secret))
			require.Equal(t, bookmark, done.location)
			o.clock.Add(totp.Period)
		})
		t.Run("and a session ended in another browser", func(t *testing.T) {
			ben.open("/account/sessions")
			there := ben.again()
			shown := there.get("/account/sessions")
			require.Equal(t, "/account/sessions?done=sessions-ended", there.submit(shown, "/account/sessions", "end", "others").location)
			asked := b.get(bookmark)
			require.Equal(t, http.StatusSeeOther, asked.status)
			require.Equal(t, "/login", b.follow(asked).path)
		})
	})
	t.Run("of the bare address leads home", func(t *testing.T) {
		b := o.browser()
		require.Equal(t, "/", b.get("").location)
		require.Equal(t, "/login", b.get("/").location)
	})
}

func TestALinkOnAnotherSite(t *testing.T) {
	o := newOffice(t)
	ada := o.enrolled("Ada", backoffice.Moderator)
	// The browser keeps the strict cookie to itself, so this looks signed out.
	r := o.browser().request(http.MethodGet, "/account/sessions?a=1", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	arrived := o.browser().send(r)
	require.Equal(t, http.StatusOK, arrived.status)
	require.Contains(t, arrived.body, `content="0; url=`+o.base+`/account/sessions?a=1"`)
	require.Contains(t, arrived.text(), "You followed a link from another site")
	require.Equal(t, http.StatusOK, ada.get("/account/sessions?a=1").status, "one step further it is sent")
	require.Equal(t, "/login?next=%2Faccount%2Fsessions%3Fa%3D1", o.browser().get("/account/sessions?a=1").location)

	for name, change := range map[string]func(*http.Request){
		"a picture":   func(r *http.Request) { r.Header.Set("Sec-Fetch-Mode", "no-cors") },
		"a form":      func(r *http.Request) { r.Method = http.MethodPost },
		"typed":       func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "none") },
		"old browser": func(r *http.Request) { r.Header.Del("Sec-Fetch-Site") },
	} {
		r := o.browser().request(http.MethodGet, "/account/sessions", nil)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		change(r)
		require.Equal(t, http.StatusSeeOther, o.browser().send(r).status, name)
	}
}

func TestLostPhone(t *testing.T) {
	o := newOffice(t)
	ada := o.enrolled("Ada", backoffice.Moderator)
	b := o.browser()
	shown := b.follow(b.login("Ada", good))
	require.Contains(t, shown.body, o.base+"/login/lost-phone")
	help := b.get("/login/lost-phone")
	for _, words := range []string{"Use a recovery code", "Ask a colleague", "reset-two-factor"} {
		require.Contains(t, help.text(), words)
	}
	require.NoError(t, o.CommandLine().ResetTwoFactor(ctx, ada.Email, "the phone is in the river"))
	require.Contains(t, b.follow(b.submit(shown, "/login/code", "code", o.code(ada.secret))).text(), "This sign-in took too long")
	again := b.follow(b.login("Ada", good))
	require.Equal(t, "/login/enrol", again.path)
	require.NotEqual(t, ada.secret, again.shown())
}

func TestSigningOut(t *testing.T) {
	o := newOffice(t)
	ada := o.enrolled("Ada", backoffice.Moderator)
	shown, token := ada.get("/account"), ada.cookie(sessionCookie)
	require.Equal(t, "/account", ada.get("/logout").location, "a link signs nobody out")
	answer := ada.submit(shown, "/logout")
	require.Equal(t, "/logout", answer.location)
	require.Equal(t, `"cache"`, answer.header.Get("Clear-Site-Data"))
	require.Empty(t, ada.cookie(sessionCookie))
	require.Equal(t, http.StatusOK, ada.follow(answer).status)
	ada.setCookie(sessionCookie, token)
	require.False(t, ada.signedIn(), "the old cookie opens nothing")
	require.Equal(t, "/login", ada.submit(shown, "/logout").location, "a second click")
}
