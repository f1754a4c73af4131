package browser_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/settings"
)

// TestTwoPersonRule: chosen acts wait for a second operator. Whoever asked cannot approve,
// nor an account that they created, until the server administrator vouches for it; what was
// asked for is done once the second one has read what would change.
func TestTwoPersonRule(t *testing.T) {
	s := newSite(t)
	ada := s.owner(t)
	ben := ada.letIn(t, "Ben Ode", "ben@riverside.example", backoffice.SuperAdministrator)
	rule := map[string]string{"approval.parameters": "on"}

	ada.fillParameters(settings.SectionApprovals, rule)
	ada.press("Review and save")
	require.Equal(t, 422, ada.press("Save "))
	require.Contains(t, visibleText(ada), "No one could approve your requests", "Ben is whom Ada invited")
	var out, problems bytes.Buffer
	vouch, _ := backoffice.ParseCommand([]string{"vouch", ben.email}, &out, &problems)
	require.Zero(t, vouch.Run(t.Context(), s.office), problems.String())
	ada.saves(rule)

	ada.fillParameters(settings.SectionSessions, map[string]string{"session.idle": "50 m"})
	ada.press("Review and save")
	require.Equal(t, 200, ada.press("Save "))
	require.Contains(t, ada.said(), "waits for a second person")
	require.Zero(t, ada.Count(`button[value="approve"]`), "who asked cannot approve")
	ada.follow("Parameters")
	require.Contains(t, ada.reads("#section-session-limits"), "30 minutes", "nothing has changed")

	asked := s.letter(ben.email, "needs a second person")
	require.Contains(t, asked.Text, s.at("/office/approvals"))
	require.Equal(t, 200, ben.Open(s.at("/")))
	require.Contains(t, visibleText(ben), "Requests that wait for your approval: 1")
	ben.follow("Approvals")
	ben.press("Review request")
	shown := ben.reads("main")
	for _, text := range []string{ada.name, "30 minutes", "50 minutes", "Looser"} {
		require.Contains(t, shown, text)
	}
	require.Equal(t, 200, ben.press("Approve request"))
	require.Contains(t, ben.said(), "Request approved")

	s.letter(ada.email, "was decided")
	ada.follow("Parameters")
	require.Contains(t, ada.reads("#section-session-limits"), "50 minutes")
	ada.follow("Audit log")
	require.Contains(t, ada.reads("main"), "Ben Ode approved a request of "+ada.name)
}
