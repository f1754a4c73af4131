package browser_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/judge"
)

// TestMission03FirstPersonSetsTheOfficeUp: the one-time link that the program
// prints at its start makes the first person super-administrator, and nobody
// else after them.
func TestMission03FirstPersonSetsTheOfficeUp(t *testing.T) {
	e := startExample(t, "-addr", "localhost:0")
	link := e.printed["setup"]
	ada := (&site{t: t}).person(t, "Ada Brook", "ada@example.com")
	eve := (&site{t: t}).person(t, "Eve Hall", "eve@example.com")
	require.True(t, eve.openLink(link))
	eve.fillSetup()

	require.True(t, ada.openLink(link))
	ada.fillSetup()
	require.Equal(t, 200, ada.Submit(primary))
	require.Contains(t, ada.said(), "The back office is set up.")
	require.Equal(t, 200, ada.typeSignIn())
	ada.chooseApp()
	ada.secret = ada.Text("#totp-secret")
	ada.Fill("#field-code", judge.Code(t, ada.secret))
	ada.Submit(primary)
	ada.arrive()
	ada.Click(".menu-avatar summary")
	require.Contains(t, ada.reads(".menu-avatar"), "Super-administrator")

	t.Run("the link works once", func(t *testing.T) {
		require.Equal(t, 410, eve.Submit(primary), "with the form that was open all the time")
		eve.heading("This link no longer works")
		eve.Open(e.community()) // or only the fragment would change, for the script to see
		eve.openLink(link)
		eve.heading("Sign in")
		require.Contains(t, eve.said(), "already set up")
		require.NotContains(t, eve.Location(), link[len(link)-20:], "the token leaves the address bar")
		require.Equal(t, 422, eve.typeSignIn(), "who was too late is nobody")
	})

	t.Run("once set up, no link is printed any more", func(t *testing.T) {
		alias := e.office()[len(e.community()):]
		e.stop()
		e.start("-addr", "localhost:0")
		require.NotContains(t, e.printed, "setup")
		require.Equal(t, alias, e.office()[len(e.community()):], "the address is kept")
	})
}
