package browser_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/tests/chrome"
	"github.com/postern-go/postern/tests/judge"
)

// TestMission09LostPhone: recovery codes; or an operator with the permission
// resets two-factor authentication, and the next sign-in shows a new QR code;
// for the last super-administrator, the command line does.
func TestMission09LostPhone(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	ben := p.letIn(t, "Ben Ode", "ben@riverside.example", backoffice.Moderator)
	ben.signOut()
	// scans signs in with the password alone, and enrols with a new picture.
	scans := func(who *person) {
		t.Helper()
		old := who.secret
		who.Open(s.at("/login"))
		require.Equal(t, 200, who.typeSignIn())
		who.heading("Add an authenticator app")
		read := judge.QR(t, who.Screenshot(chrome.Shot{Full: true}))
		require.NotContains(t, read, strings.ReplaceAll(old, " ", ""), "it is another one")
		who.enrol()
		require.Contains(t, read, strings.ReplaceAll(who.secret, " ", ""))
		who.arrive()
	}

	t.Run("a recovery code", func(t *testing.T) {
		ben.Open(s.at("/login"))
		ben.typeSignIn()
		ben.press("Lost your phone?")
		ben.press("Use a recovery code")
		ben.Fill("#field-code", ben.codes[4])
		require.Equal(t, 200, ben.Submit(primary))
		ben.heading("Home")
		require.Contains(t, s.letter(ben.email, "recovery code").Subject, "was used")
		ben.signOut()
		ben.Open(s.at("/login"))
		ben.typeSignIn()
		ben.press("Use a recovery code")
		ben.Fill("#field-code", ben.codes[4])
		require.Equal(t, 422, ben.Submit(primary), "each works once")
	})

	t.Run("a colleague resets it", func(t *testing.T) {
		p.follow("Operators")
		p.press("Ben Ode")
		require.Equal(t, 200, p.press("Lost phone: reset two-factor"))
		p.Fill("#field-reason", "Called me from his desk: the phone fell into the brook.")
		require.Equal(t, 200, p.press("Reset two-factor of"))
		require.Contains(t, p.said(), "authentication reset")
		require.Contains(t, s.letter(ben.email, "was reset").Text, "Ada Brook")
		scans(ben)
		require.Contains(t, ben.navigation(), "Moderation")
		p.follow("Audit log")
		require.Contains(t, visibleText(p), "reset")
	})

	t.Run("the last super-administrator asks who runs the server", func(t *testing.T) {
		var out, problems bytes.Buffer
		cmd, _ := backoffice.ParseCommand([]string{"reset-two-factor", p.email}, &out, &problems)
		require.NotNil(t, cmd, problems.String())
		require.Zero(t, cmd.Run(t.Context(), s.office), problems.String())
		p.Open(s.at("/account"))
		p.heading("Sign in", "the sessions are over")
		scans(p)
	})
}
