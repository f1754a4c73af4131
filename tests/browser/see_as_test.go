package browser_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/desk"
)

// TestSeeAs: the owner looks at the office as a moderator, is held back from changing anything,
// stops, and looks again until the time is over.
func TestSeeAs(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	ben := p.letIn(t, "Ben Ode", "ben@riverside.example", backoffice.Moderator)
	at := p.pathOf(ben.name)
	own := p.navigation()
	begin := func() {
		p.Open(s.at(at))
		p.pressIn("main", "See as")
		p.proved()
		p.Fill("#field-reason", "Ben cannot find the posts.")
		require.Equal(t, 200, p.Submit(primary))
		p.heading("Home")
	}
	begin()
	banner := func() string { return p.Text(".seeing") }
	require.Contains(t, banner(), "Ben Ode")
	require.Equal(t, 0, p.Count(".side a[href$='/operators']"), "the menu is the moderator's")
	require.Less(t, len(p.navigation()), len(own))

	require.Equal(t, 403, p.Open(s.at("/operators")), "as for him")
	require.Equal(t, 403, p.Open(s.at("/account")), "neither his nor hers")
	require.Contains(t, banner(), "Ben Ode", "also on a page that refuses")

	p.pressIn(".seeing", "Stop")
	require.Equal(t, s.at(at), strings.SplitN(p.Location(), "?", 2)[0])
	require.Equal(t, own, p.navigation())
	require.Equal(t, 0, p.Count(".seeing"))

	begin()
	s.later(desk.SeeAsLife)
	require.Equal(t, 403, p.pressIn(".side", "Home"))
	p.heading("You are yourself again")
	p.press("Continue")
	require.Equal(t, own, p.navigation())

	p.follow("Audit log")
	entries := p.Text(".trail")
	require.Equal(t, 2, strings.Count(entries, "began to see the office as Ben Ode"))
	require.Equal(t, 2, strings.Count(entries, "no longer sees the office as Ben Ode"))
}
