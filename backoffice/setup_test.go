package backoffice_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFromNothingToASignedInSuperAdministrator(t *testing.T) {
	o := newOffice(t)
	b := o.browser()
	token := o.setupToken()

	answer := b.submit(b.get("/setup"), "/setup",
		"token", token, "email", "ada@example.org", "name", "Ada", "password", good, "password_again", good)
	require.Equal(t, http.StatusSeeOther, answer.status, answer.text())
	require.Equal(t, "/login?done=setup", answer.location)
	require.Empty(t, b.cookie(sessionCookie), "setting up signs nobody in")
	require.Contains(t, b.follow(answer).text(), "The back office is set up")

	p := &person{browser: b, password: good}
	shown := b.follow(b.login("ADA@example.org", good))
	require.Equal(t, "/login/enrol", shown.path)
	done := p.enrol(shown)
	require.Contains(t, done.text(), "I have saved these codes")
	home := b.open("")
	require.Equal(t, "/", home.path)
	require.Contains(t, home.text(), "Ada")

	t.Run("and never again", func(t *testing.T) {
		link, err := o.SetupURL(ctx)
		require.NoError(t, err)
		require.Empty(t, link)
		b := o.browser()
		late := b.submit(b.get("/setup"), "/setup",
			"token", token, "email", "eve@example.org", "name", "Eve", "password", better, "password_again", better)
		require.Equal(t, http.StatusGone, late.status)
		require.NotContains(t, b.login("Eve", better).location, "/")
	})
}
