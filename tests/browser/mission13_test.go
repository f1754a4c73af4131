package browser_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMission13BookmarksLeadThroughSignIn: a bookmark of any address inside the
// office leads to sign-in and then to that page, and the bare alias is always
// the right link to keep.
func TestMission13BookmarksLeadThroughSignIn(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	p.signOut()
	for _, bookmark := range []string{"/operators?q=ada&sort=last-active", "/account/two-factor", "/analytics"} {
		t.Run(bookmark, func(t *testing.T) {
			require.Equal(t, 200, p.Open(s.at(bookmark)))
			p.heading("Sign in")
			p.typeSignIn()
			p.Fill("#field-code", p.next())
			require.Equal(t, 200, p.Submit(primary))
			require.Equal(t, s.at(bookmark), p.Location())
			p.signOut()
		})
	}
	bare := strings.TrimSuffix(s.at("/"), "/")
	for _, address := range []string{bare, bare + "/"} {
		p.Open(address)
		p.heading("Sign in", address)
	}
	p.typeSignIn()
	p.Open(bare)
	require.False(t, p.isAt("Home"), "the code is still to come")
	p.typeSignIn()
	p.Fill("#field-code", p.next())
	p.Submit(primary)
	for _, address := range []string{bare, bare + "/"} {
		require.Equal(t, 200, p.Open(address))
		p.heading("Home", address)
	}
}
