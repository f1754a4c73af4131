package browser_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// TestMission01AliasIsGeneratedShownAndChanged: the alias is generated at first
// setup, shown to the super-administrator, and changed on the Parameters page.
// Operators are told the new address by mail, the old one is dead at once on
// every replica, and a new one that nobody confirms rolls back.
func TestMission01AliasIsGeneratedShownAndChanged(t *testing.T) {
	s := newSite(t)
	one := *s.answers.Load()
	office, another := s.replica()
	replicas := map[string]http.Handler{"the replica that changed it": one, "the other replica": another}
	missing := s.answer("/nothing-here")
	path := func(address string) string { return strings.TrimPrefix(address, s.origin) }
	// gone and there are what a stranger finds at an address, on every replica.
	gone := func(address string) {
		t.Helper()
		for name, r := range replicas {
			s.sendTo(r)
			for _, page := range []string{"", "login", "setup", "static/postern.css"} {
				require.Equal(t, missing, s.answer(path(address)+page), "%s%s on %s", address, page, name)
			}
			require.Equal(t, missing, s.answer(strings.TrimSuffix(path(address), "/")), name)
		}
		s.sendTo(one)
	}
	there := func(address string) {
		t.Helper()
		for name, r := range replicas {
			s.sendTo(r)
			require.Eventually(t, func() bool { return strings.Contains(s.answer(path(address)+"login"), `id="field-login"`) },
				20*time.Second, 50*time.Millisecond, "%s on %s", address, name)
		}
		s.sendTo(one)
	}

	first := s.office.HomeURL()
	require.Regexp(t, "^"+regexp.QuoteMeta(s.origin)+"/[a-z2-7]{20}/$", first, "generated at first start")
	p := s.owner(t)
	p.follow("Parameters")
	require.Equal(t, first, p.Text("#address"))
	ben := p.letIn(t, "Ben Ode", "ben@riverside.example", backoffice.Moderator)
	require.NotContains(t, ben.navigation(), "Parameters")

	var second string
	t.Run("a new one is dead again when nobody confirms it", func(t *testing.T) {
		p.follow("Parameters")
		require.Equal(t, 200, p.press("Generate a new address"))
		second = p.Text("#address")
		require.Regexp(t, "^"+regexp.QuoteMeta(s.origin)+"/[a-z2-7]{20}/$", second)
		require.NotEqual(t, first, second)
		there(first) // nothing has changed yet
		require.Equal(t, 200, p.press("Move to this address"))
		require.True(t, strings.HasPrefix(p.Location(), second), p.Location())
		require.Contains(t, visibleText(p), "the old address is restored")
		gone(first)
		require.Equal(t, 404, ben.Open(first+"account"), "for who is signed in, too")
		s.run(office) // which learns of changes made elsewhere
		there(second)

		s.later(16 * time.Minute)
		there(first)
		gone(second)
		require.Empty(t, s.mails("alias-changed"), "nobody was told of an address that does not hold")
	})

	t.Run("a confirmed one stays, and everybody is told", func(t *testing.T) {
		const chosen = "behind-the-pear-trees"
		p.Open(s.at("/"))
		p.follow("Parameters")
		p.press("Choose a new address")
		p.proved() // a while has passed
		p.Fill("#field-alias", "Admin!")
		require.Equal(t, 422, p.press("Review"))
		p.Fill("#field-alias", chosen)
		require.Equal(t, 200, p.press("Review"))
		third := s.origin + "/" + chosen + "/"
		require.Equal(t, third, p.Text("#address"))
		p.press("Move to this address")
		require.Equal(t, 200, p.press("Keep this address"))
		require.Contains(t, p.said(), "Office address confirmed")
		require.Equal(t, third, p.Text("#address"))

		m := s.letter(ben.email, "has a new address")
		require.Contains(t, m.Text, third)
		require.Contains(t, s.letter(p.email, "has a new address").Text, third)
		require.Equal(t, 200, ben.Open(third))
		ben.heading("Home", "who was signed in still is, at the new address")
		s.later(16 * time.Minute)
		gone(first)
		gone(second)
		there(third)
	})
}
