package backoffice_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

func TestFromNothingToASignedInSuperAdministrator(t *testing.T) {
	o := newOffice(t)
	b, eve := o.Browser(), o.Browser()
	token, early := o.SetupToken(), eve.Get("/setup")

	answer := b.Submit(b.Get("/setup"), "/setup",
		"token", token, "email", "ada@example.org", "name", "Ada", "password", good, "password_again", good)
	require.Equal(t, http.StatusSeeOther, answer.Status, answer.Text())
	require.Equal(t, "/login?done=setup", answer.Location)
	require.Empty(t, b.Cookie(sessionCookie), "setting up signs nobody in")
	require.Contains(t, b.Follow(answer).Text(), "The back office is set up")

	p := &person{Browser: b, Password: good}
	shown := b.Follow(b.Login("ADA@example.org", good))
	require.Equal(t, "/login/enrol", shown.Path)
	done := p.Enrol(shown)
	require.Contains(t, done.Text(), "I have saved these codes")
	home := b.Open("")
	require.Equal(t, "/", home.Path)
	require.Contains(t, home.Text(), "Ada")

	t.Run("and never again", func(t *testing.T) {
		link, err := o.SetupURL(ctx)
		require.NoError(t, err)
		require.Empty(t, link)
		late := eve.Submit(early, "/setup",
			"token", token, "email", "eve@example.org", "name", "Eve", "password", better, "password_again", better)
		require.Equal(t, http.StatusGone, late.Status)
		require.NotContains(t, eve.Login("Eve", better).Location, "/")
	})
}

// TestAnOfficeOnAHostOfItsOwn does with an office on an origin of its own, where there is
// nothing else, what the other tests do beside a community.
func TestAnOfficeOnAHostOfItsOwn(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) { c.NotFound = nil })
	o.Server.Config.Handler = o.Wrap(http.NotFoundHandler())
	o.Inside.Handle("/posts", silent)
	elsewhere := httptest.NewTLSServer(http.HandlerFunc(community))
	defer elsewhere.Close()

	stranger := o.Browser()
	stranger.Bare = true
	root := stranger.Moved("").Get("/")
	require.Equal(t, http.StatusNotFound, root.Status)
	require.Empty(t, root.Header.Values("Set-Cookie"))

	b := o.Browser()
	require.Equal(t, "/login?done=setup", b.Submit(b.Get("/setup"), "/setup",
		"token", o.SetupToken(), "email", "ada@example.org", "name", "Ada", "password", good, "password_again", good).Location)
	p := &person{Browser: b, Password: good}
	p.Enrol(b.Follow(b.Login("Ada", good)))
	require.True(t, p.SignedIn())
	form := b.Get("/account").Form("/logout")
	require.Equal(t, http.StatusOK, b.Post("/posts", form).Status)
	for site, origin := range map[string]string{"same-site": elsewhere.URL, "cross-site": elsewhere.URL, "": elsewhere.URL} {
		r := b.With(http.MethodPost, "/posts", form)
		r.Header.Set("Origin", origin)
		r.Header.Del("Sec-Fetch-Site")
		if site != "" {
			r.Header.Set("Sec-Fetch-Site", site)
		}
		require.Equal(t, http.StatusForbidden, b.Send(r).Status, "a form of the community's (%s)", site)
	}
	for _, letter := range o.Letters() {
		require.NotContains(t, letter, elsewhere.URL)
	}
	require.Equal(t, "/logout", b.Post("/logout", form).Location)
	require.False(t, p.SignedIn())
}
