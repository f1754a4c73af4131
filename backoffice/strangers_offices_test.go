package backoffice_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/store"
)

// twins are two offices that have all in common that a host can give them: the secret, the
// Origin, the alias, the names and passwords of their operators, and the identity provider.
func twins(t *testing.T) (first, second *office, p *testoffice.Provider) {
	first, p = withCompany(t, browse.WithPasskeys)
	second = newOffice(t, browse.WithPasskeys, browse.WithCompany(p))
	second.ChangeParameters(func(to *store.Parameters) {
		to.Alias = strings.TrimPrefix(first.Base, "/")
	})
	second.Base = first.Base
	second.Office = second.Another()
	second.Server.Config.Handler = second.Wrap(http.HandlerFunc(browse.Community))
	require.Equal(t, first.HomeURL(), second.HomeURL())
	require.Equal(t, first.Cfg.Secret, second.Cfg.Secret)
	return first, second, p
}

// bring copies a cookie of one office's to the browser of another's.
func bring(from *browser, to *browser, which ...cookie) {
	for _, c := range which {
		require.NotEmpty(from.T, from.Cookie(c))
		to.SetCookie(c, from.Cookie(c))
	}
}

func TestNothingOfOneOfficeIsAcceptedByAnother(t *testing.T) {
	first, second, p := twins(t)
	ada, key := first.Keyed("Ada", backoffice.Moderator)
	twin, _ := second.Keyed("Ada", backoffice.Moderator)
	sue, boss := first.Plain("Sue", backoffice.SuperAdministrator), second.Plain("Sue", backoffice.SuperAdministrator)

	t.Run("a session", func(t *testing.T) {
		b := second.Browser()
		bring(ada.Browser, b, sessionCookie)
		require.False(t, b.SignedIn())
	})
	t.Run("a sign-in under way", func(t *testing.T) {
		begun, b := first.Browser(), second.Browser()
		begun.Follow(begun.Login("Ada", good))
		bring(begun, b, preCookie)
		require.Equal(t, http.StatusSeeOther, b.Get("/login/passkey").Status)
		require.Equal(t, http.StatusOK, begun.Get("/login/passkey").Status, "where it began it goes on")
	})
	t.Run("a browser that is known", func(t *testing.T) {
		known := []store.Digest{store.DigestOf(ada.Cookie(browserCookie))}
		view, err := first.Under.FindSignIn(ctx, store.SignInQuery{OperatorID: ada.ID, Browsers: known})
		require.NoError(t, err)
		require.NotZero(t, view.Browser)
		view, err = second.Under.FindSignIn(ctx, store.SignInQuery{OperatorID: twin.ID, Browsers: known})
		require.NoError(t, err)
		require.Zero(t, view.Browser)
	})
	t.Run("the token of a form", func(t *testing.T) {
		form := ada.Get("/account/name").Form("/account/name")
		form.Set("name", "Eve")
		require.Equal(t, http.StatusForbidden, twin.Post("/account/name", form).Status)
	})
	t.Run("a form of someone who is signed out", func(t *testing.T) {
		begun, b := first.Browser(), second.Browser()
		form := begun.Get("/login").Form("/login")
		form.Set("login", "Ada")
		form.Set("password", good)
		bring(begun, b, preCookie)
		require.Equal(t, http.StatusForbidden, b.Post("/login", form).Status)
		require.Equal(t, http.StatusSeeOther, begun.Post("/login", form).Status, "where it is from it is accepted")
	})
	t.Run("what was typed into a form", func(t *testing.T) {
		cleo := first.Entered("Cleo", backoffice.Moderator)
		sent := url.Values{"csrf": {cleo.Get("/account/name").Form("/account/name").Get("csrf")}, "name": {"Typed"}}
		first.Write(store.EndSessions{OperatorID: cleo.ID, All: true})
		to, err := url.Parse(cleo.Post("/account/name", sent).Location)
		require.NoError(t, err)
		kept := to.Query().Get("next")
		bring(cleo.Browser, twin.Browser, keptCookie)
		require.Contains(t, twin.Get(kept).Text(), "no longer kept")
		cleo.Login("Cleo", good)
		require.Contains(t, cleo.Get(kept).Body, `value="Typed"`)
	})
	t.Run("a passkey, and the question that it answers", func(t *testing.T) {
		b, other := second.Browser(), first.Browser()
		shown := b.Follow(b.Login("Ada", good))
		answer := b.Submit(shown, "/login/passkey", "passkey", other.Follow(other.Login("Ada", good)).Passkey(key))
		require.NotEqual(t, http.StatusSeeOther, answer.Status, answer.Text())
		require.False(t, b.SignedIn())
	})
	t.Run("the question to a passkey that signs in alone", func(t *testing.T) {
		for _, o := range []*office{first, second} {
			o.ChangeParameters(func(to *store.Parameters) { to.Values["passkeys.alone"] = "on" })
			require.Contains(t, o.Browser().Get("/login").Body, "/login/with-passkey", "this process knows")
		}
		b := first.Browser()
		answer, token := b.Get("/login").Passkey(key), b.Cookie(preCookie)
		_, err := second.Desk().SignInWithPasskey(ctx, desk.Visit{}, token, answer, "")
		require.ErrorIs(t, err, desk.ErrStale)
		_, err = first.Desk().SignInWithPasskey(ctx, desk.Visit{}, token, answer, "")
		require.NotErrorIs(t, err, desk.ErrStale)
	})
	t.Run("a recovery code", func(t *testing.T) {
		b := second.Browser()
		b.Follow(b.Login("Ada", good))
		require.Equal(t, http.StatusUnprocessableEntity, b.Submit(b.Get("/login/recovery"), "/login/recovery", "code", ada.Codes[0]).Status)
		require.False(t, b.SignedIn())
	})
	t.Run("a link", func(t *testing.T) {
		asks := first.Browser()
		asks.Submit(asks.Get("/forgot"), "/forgot", "email", "ada@example.org")
		link := first.LinkIn("reset")
		answer := second.Browser().Use("/reset", link, better)
		require.Equal(t, http.StatusGone, answer.Status, answer.Text())
		answer = first.Browser().Use("/reset", link, better, "code", ada.Codes[1])
		require.NotEqual(t, http.StatusGone, answer.Status, answer.Text())
	})
	t.Run("as whom the office is seen", func(t *testing.T) {
		first.seeAs(sue, ada.Operator)
		bring(sue.Browser, boss.Browser, seeAs)
		require.NotContains(t, boss.Get("/").Text(), "You are seeing the office")
	})
	t.Run("an attempt that failed", func(t *testing.T) {
		first.Person("Ben", backoffice.Moderator)
		second.Person("Ben", backoffice.Moderator)
		for range 30 {
			first.Browser().Login("Ben", "wrong password")
		}
		require.Equal(t, http.StatusTooManyRequests, first.Browser().Login("Ben", "wrong password").Status)
		require.Equal(t, http.StatusSeeOther, second.Browser().Login("Ben", good).Status)
	})
	t.Run("a company sign-in", func(t *testing.T) {
		b, other := first.Browser(), second.Browser()
		query := p.SignsIn(going(b).Refresh(), account("Ada"))
		bring(b, other, flowCookie)
		require.NotEmpty(t, other.Return(callback, query).Header.Get("X-Community"), "to the other office it is nothing")
		require.Empty(t, b.Return(callback, query).Header.Get("X-Community"))
	})
	t.Run("the end of a session at the provider", func(t *testing.T) {
		token := p.SignsOut(desk.LogoutNotice{Issuer: testoffice.Issuer, Subject: "Ada", Session: "session of Ada", ID: "1"})
		for _, o := range []*office{first, second} {
			res, err := o.Server.Client().PostForm(o.Server.URL+backoffice.DefaultLogoutPath, url.Values{"logout_token": {token}})
			require.NoError(t, err)
			require.NoError(t, res.Body.Close())
			require.Equal(t, http.StatusOK, res.StatusCode, "each is told on its own, once")
		}
	})
}

func TestASetupLinkOpensNoOtherOffice(t *testing.T) {
	first, second, _ := twins(t)
	token := first.SetupToken()
	set := func(o *office) page {
		b := o.Browser()
		return b.Submit(b.Get("/setup"), "/setup", "token", token, "email", "ada@example.org", "name", "Ada", "password", good, "password_again", good)
	}
	require.NotEqual(t, http.StatusSeeOther, set(second).Status)
	require.Equal(t, http.StatusSeeOther, set(first).Status)
}
