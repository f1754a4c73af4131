package browser_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// TestMission02WhoDoesNotKnowTheAliasSeesTheCommunity: who does not know the
// alias gets the community's own answer, byte for byte, and a member who is no
// operator gets nothing, even with the alias and a right password.
func TestMission02WhoDoesNotKnowTheAliasSeesTheCommunity(t *testing.T) {
	mel := member{backoffice.Member{ID: "7", Name: "Mel Quist", Email: "mel@riverside.example"}, anotherPassword}
	s := newSite(t, withMembers(mel))
	s.owner(t)
	alias := strings.TrimPrefix(s.at(""), s.origin)

	t.Run("without the alias there is nothing to find", func(t *testing.T) {
		missing := s.answer("/nothing-here")
		stranger := s.person(t, "Nobody", "nobody@example.com")
		require.Equal(t, 404, stranger.Open(s.origin+"/nothing-here"))
		page := stranger.HTML()
		for _, path := range []string{"/admin", "/login", "/setup", "/operators", "/static/postern.css", alias[:len(alias)-1] + "/",
			alias + "x/login", strings.ToUpper(alias) + "/", "/x" + alias + "/", "/%2e%2e" + alias + "/"} {
			require.Equal(t, missing, s.answer(path), path)
		}
		require.Equal(t, 404, stranger.Open(s.origin+alias[:len(alias)-1]+"/login"))
		require.Equal(t, page, stranger.HTML())
		require.Equal(t, 200, stranger.Open(s.origin+"/"))
		require.NotContains(t, stranger.HTML(), alias)
		require.Empty(t, stranger.Cookies())
	})

	t.Run("a member's right password opens nothing", func(t *testing.T) {
		m := s.person(t, mel.Name, mel.Email)
		signIn := func(login, password string) (status int, says string) {
			m.Open(s.at("/login"))
			m.Fill("#field-login", login)
			m.Paste("#field-password", password)
			status = m.Submit(primary)
			return status, visibleText(m)
		}
		wrongStatus, wrong := signIn(mel.Email, "a guess at it")
		rightStatus, right := signIn(mel.Email, mel.password)
		require.Equal(t, 422, rightStatus)
		require.Equal(t, wrongStatus, rightStatus)
		require.Equal(t, wrong, right)
		_, right = signIn(mel.Name, mel.password)
		_, unknown := signIn("Nobody", mel.password)
		require.Equal(t, unknown, right)
		for _, path := range []string{"/", "/analytics", "/operators", "/account"} {
			m.Open(s.at(path))
			m.heading("Sign in", path)
		}
	})
}
