package browser_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMission15SignInPageNamesItsAddress: the page reminds people to check the
// address bar, and names the origin that should stand there; so does every page
// that asks for a password or a code before somebody is signed in.
func TestMission15SignInPageNamesItsAddress(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	p.signOut()
	reminds := func(page string) {
		t.Helper()
		require.Contains(t, p.reads("footer"), "Check the address bar.", page)
		require.Equal(t, s.origin, p.Text("footer b"), page)
		var visible bool
		p.Evaluate(`document.querySelector("footer b").checkVisibility()`, &visible)
		require.True(t, visible, page)
	}
	for _, page := range []string{"/login", "/forgot", "/reset", "/welcome", "/setup"} {
		require.Equal(t, 200, p.Open(s.at(page)))
		reminds(page)
	}
	// The name is the configured one, wherever somebody was led to.
	p.Open("http://127.0.0.1" + s.at("/login")[len("http://localhost"):])
	require.Equal(t, s.origin, p.Text("footer b"))
	p.Open(s.at("/login"))
	p.typeSignIn()
	reminds("/login/code")
}
