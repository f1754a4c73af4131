package browser_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// TestSeveralPeopleAtOnce invites three people in one go, with a mistake, and acts on
// two who are ticked, after reading what will happen to each; without script, except
// for what script adds.
func TestSeveralPeopleAtOnce(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	ben := p.letIn(t, "Ben Ode", "ben@riverside.example", backoffice.Moderator)
	box := func(name string) (selector string) {
		p.Evaluate(`"#" + [...document.querySelectorAll("main tbody tr")].find(r => r.textContent.includes(`+strconv.Quote(name)+`)).querySelector("[name=operator]").id`, &selector)
		return selector
	}
	p.follow("Operators")
	require.Equal(t, 1, p.Count("[name=operator]"), "no one acts on themselves")
	p.tick(box("Ben Ode"))
	require.Equal(t, "1 ticked", p.Text("[data-ticked-rows]"))
	p.tick(box("Ben Ode"))
	require.Equal(t, "With those you tick:", p.Text("[data-ticked-rows]"))

	p.Open(s.at("/operators?q=ada"))
	require.Equal(t, 1, p.Count("main tbody tr"))
	require.Zero(t, p.Count("#bulk"), "nothing can be ticked")

	p.DisableScript()
	p.follow("Operators")
	require.Zero(t, p.Count("[data-group]:not([hidden])"), "no control that does nothing")
	p.press("Invite several")
	p.Paste("#field-people", "Cleo Marsh <cleo@riverside.example>\nDan Weir <dan@>\neve@riverside.example")
	p.ticksRoles(backoffice.Moderator)
	require.Equal(t, 422, p.press("Review invitations"))
	require.Contains(t, p.Text("ul.wrong"), "Line 2: Dan Weir <dan@>")
	var typed string
	p.Evaluate(`document.querySelector("#field-people").value`, &typed)
	require.Contains(t, typed, "eve@riverside.example", "what was typed stays")
	p.Paste("#field-people", "Cleo Marsh <cleo@riverside.example>\nDan Weir <dan@riverside.example>\neve@riverside.example")
	require.Equal(t, 200, p.press("Review invitations"))
	require.Contains(t, p.Text("main"), "To be invited: 3.")
	require.Equal(t, 200, p.press("Send invitations"))
	require.Equal(t, "The invitations are on their way", p.Text("h1"))
	s.letter("dan@riverside.example", "You are invited")
	s.letter("eve@riverside.example", "You are invited")

	p.press("Back to operators")
	for _, name := range []string{"Ben Ode", "Cleo Marsh"} {
		p.tick(box(name))
	}
	p.Choose("#field-act", "sessions")
	require.Equal(t, 200, p.press("Review"))
	require.Contains(t, p.Text("main"), "Operators affected: 1. Left out: 1.")
	require.Contains(t, p.Text("main"), "They are not signed in anywhere.")
	require.Equal(t, 200, ben.Open(s.at("/account")), "nothing has been done yet")
	require.Equal(t, 200, p.press("End sessions"))
	require.Contains(t, p.Text("main"), "Done: 1.")
	ben.Open(s.at("/account"))
	require.Contains(t, ben.Location(), "/login")

	p.follow("Operators")
	p.tick("tr:has(" + box("Ben Ode") + ") summary")
	p.press("Lost phone")
	require.Equal(t, "Reset two-factor authentication?", p.Text("h1"), "two clicks from the list")
}
