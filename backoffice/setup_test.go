package backoffice_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFromNothingToASignedInSuperAdministrator(t *testing.T) {
	o := newOffice(t)
	b := o.Browser()
	token := o.SetupToken()

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
		b := o.Browser()
		late := b.Submit(b.Get("/setup"), "/setup",
			"token", token, "email", "eve@example.org", "name", "Eve", "password", better, "password_again", better)
		require.Equal(t, http.StatusGone, late.Status)
		require.NotContains(t, b.Login("Eve", better).Location, "/")
	})
}
