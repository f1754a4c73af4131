package browser_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/settings"
)

// TestNothingTypedIsLost has what comes between a form and its end: a step-up, the end of
// the session, and the warning before it.
func TestNothingTypedIsLost(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	office := s.at("")
	says := func(text string) { t.Helper(); require.Contains(t, p.Text("main"), text) }

	// A role, with a step-up in the middle.
	require.Equal(t, 200, p.Open(office+"/roles/new"))
	p.Fill("#field-name", "Gardener")
	p.Fill("#field-description", "Waters the beds.")
	p.tick(`[name=permission][value="posts.moderate"]`)
	s.later(6 * time.Minute)
	require.Equal(t, 200, p.Submit(primary))
	require.Equal(t, "Confirm your identity", p.Text("h1"))
	says("What you typed is kept.")
	p.proved()
	says("It is not saved yet.")
	require.Equal(t, "Gardener", p.Value("#field-name"))
	require.Equal(t, 1, p.Count(`[name=permission][value="posts.moderate"]:checked`))
	require.Equal(t, 200, p.Submit(primary))
	says("Role created.")

	// Parameters, too: after it one is where one was going, and may go back.
	values := map[string]string{"session.per_operator": "4"}
	for _, section := range settings.Sections() {
		if len(within(section, values)) > 0 {
			p.fillParameters(section, values)
		}
	}
	s.later(6 * time.Minute)
	p.press("Review and save")
	p.proved()
	require.Equal(t, "Save these changes?", p.Text("h1"))
	p.press("Go back")
	require.Equal(t, "4", p.Value(`[name="session.per_operator"]`))
	require.Equal(t, 1, p.Count(".setting.is-changed"), "the script counts it as a change")
	p.press("Review and save")
	p.press("Save ")
	says("Saved.")

	// The session ends in the middle of an invitation.
	require.Equal(t, 200, p.Open(office+"/operators/new"))
	p.Fill("#field-email", "bo@riverside.example")
	p.Fill("#field-name", "Bo Reed")
	s.later(31 * time.Minute)
	require.Equal(t, 200, p.Submit(primary))
	require.Equal(t, office+"/login", p.Location()[:len(office+"/login")])
	says("It is kept for an hour")
	p.typeSignIn()
	p.Fill("#field-code", p.next())
	require.Equal(t, 200, p.Submit(primary))
	require.Equal(t, "Bo Reed", p.Value("#field-name"))
	require.Equal(t, "bo@riverside.example", p.Value("#field-email"))
	says("You were signed out before this was saved.")

	t.Run("and before a session ends, people are told in every tab", func(t *testing.T) {
		other := p.Tab()
		other.Open(office + "/account")
		// passes is a wait, of which the page is told at once.
		const clock = `(minutes => { window.came ??= Date.now; Date.now = () => came() + minutes * 60_000; dispatchEvent(new Event("visibilitychange")) })`
		pass := func(minutes string) {
			for _, tab := range []interface{ Evaluate(string, any) }{p, other} {
				tab.Evaluate(clock+"("+minutes+")", nil)
			}
		}
		open := func(tab interface{ Count(string) int }) bool { return tab.Count("#session-end[open]") == 1 }
		require.False(t, open(p))
		pass("28.5")
		s.later(28*time.Minute + 30*time.Second)
		require.True(t, open(p) && open(other))
		require.Contains(t, p.Text("#session-end"), "ends in 2 minutes")
		var focused string
		p.Evaluate(`document.activeElement.textContent`, &focused)
		require.Equal(t, "Stay signed in", focused)
		p.Press("\r")
		require.Eventually(t, func() bool { return !open(p) && !open(other) }, 5*time.Second, 20*time.Millisecond)
		require.Equal(t, "Bo Reed", p.Value("#field-name"))

		pass("62")
		require.Contains(t, p.Text("#session-end"), "Your session has ended.")
		p.Click("#session-end [data-when=ended] [data-later]")
		require.False(t, open(p))
		require.Equal(t, "Bo Reed", p.Value("#field-name"), "nothing was loaded again")
	})
}

// TestNothingTypedIsLostWithoutScript is the same without script.
func TestNothingTypedIsLostWithoutScript(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	p.DisableScript()
	require.Equal(t, 200, p.Open(s.at("/operators/new")))
	p.Fill("#field-email", "bo@riverside.example")
	p.Fill("#field-name", "Bo Reed")
	s.later(31 * time.Minute)
	require.Equal(t, 200, p.Submit(primary))
	p.typeSignIn()
	p.Fill("#field-code", p.next())
	require.Equal(t, 200, p.Submit(primary))
	require.Equal(t, "Bo Reed", p.Value("#field-name"))
	require.Contains(t, p.Text("main"), "You were signed out before this was saved.")
	require.Zero(t, p.Count("#session-end[open]"))
}
