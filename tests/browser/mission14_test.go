package browser_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// TestMission14SignInsArePausedForMaintenance: sign-ins can be paused with a
// notice; super-administrators still get in.
func TestMission14SignInsArePausedForMaintenance(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	ben := p.letIn(t, "Ben Ode", "ben@riverside.example", backoffice.Administrator)
	ben.signOut()
	const notice = "We move to new servers until about 18:00."
	p.saves(map[string]string{"signin.paused": "on", "signin.paused_text": notice})

	ben.Open(s.at("/login"))
	require.Contains(t, visibleText(ben), notice)
	require.Equal(t, 503, ben.typeSignIn())
	ben.heading("Sign-ins are paused")
	require.Contains(t, visibleText(ben), notice)
	ben.Open(s.at("/moderation"))
	ben.heading("Sign in")

	p.signOut()
	p.Open(s.at("/login"))
	require.Contains(t, visibleText(p), notice)
	p.signIn()
	p.saves(map[string]string{"signin.paused": "off"})
	ben.signIn()
	require.NotContains(t, visibleText(ben), notice)
}
