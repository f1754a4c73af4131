package browser_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/smtpsink"
)

// TestMission08ResetMailThatNeverArrives: an operator with the right permission
// sees what became of each mail, with the server's answer, sends it again, or
// makes a one-time link to hand over; where a parameter allows it, they generate
// a temporary password that must be changed at the first sign-in.
func TestMission08ResetMailThatNeverArrives(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	p.AllowClipboard()
	ben := p.letIn(t, "Ben Ode", "ben@riverside.example", backoffice.Moderator)
	require.NotContains(t, ben.navigation(), "Mail")
	ben.signOut()
	deliver := func() {
		t.Helper()
		_, err := s.office.DeliverMail(t.Context())
		require.NoError(t, err)
	}
	reset := func(link string) {
		t.Helper()
		ben.Open(s.at("/login"))
		require.True(t, ben.openLink(link))
		ben.Paste("#field-password", ben.password)
		ben.Paste("#field-password_again", ben.password)
		ben.Fill("#field-code", ben.next())
		require.Equal(t, 200, ben.Submit(primary))
		require.Contains(t, ben.said(), "Password changed")
	}

	t.Run("the state of each mail is shown, with the server's answer", func(t *testing.T) {
		deliver()
		s.later(time.Second) // the newest stands first
		ben.Open(s.at("/forgot"))
		ben.Fill("#field-email", ben.email)
		ben.Submit(primary)
		p.follow("Mail")
		row := `tbody tr:first-child`
		require.Contains(t, p.reads(row), "Password reset")
		require.Contains(t, p.reads(row), "Queued")
		s.sink.SetReplies(map[string]string{smtpsink.Rcpt: "550 5.1.1 No such user here"})
		deliver()
		p.Reload()
		require.Contains(t, p.reads(row), "Failed")
		require.Contains(t, p.reads(row), "550 5.1.1 No such user here")
		require.Contains(t, p.reads("tbody tr:nth-child(2)"), "Sent")
		p.Open(s.at("/"))
		require.Contains(t, visibleText(p), "Needs attention")
	})

	t.Run("it is sent again", func(t *testing.T) {
		s.sink.SetReplies(nil)
		p.follow("Mail")
		p.press("Password reset")
		require.Contains(t, p.reads("main"), "550 5.1.1 No such user here")
		require.NotContains(t, p.HTML(), "/reset#", "its text is never shown")
		require.Equal(t, 200, p.press("Resend email"))
		require.Contains(t, p.said(), "on its way again")
		link := mailed.FindString(s.letter(ben.email, "Reset your").Text)
		ben.password = anotherPassword
		reset(link)
		p.follow("Mail")
		require.Contains(t, p.reads("tbody"), "Sent")
	})

	t.Run("a one-time link is handed over", func(t *testing.T) {
		p.follow("Operators")
		p.press("Ben Ode")
		require.Zero(t, p.Count(`main a[href$="/temporary-password"]`), "off until the parameter says otherwise")
		p.press("Create one-time link")
		p.proved()
		require.Equal(t, 200, p.press("Create link"))
		p.Click("[data-copy]")
		link := p.Clipboard()
		require.Equal(t, p.Text("#secret"), link)
		p.press("Done")
		require.NotContains(t, p.HTML(), link, "shown this once")
		require.Contains(t, s.letter(ben.email, "A link to a new").Text, p.name)
		ben.password = goodPassword
		reset(link)
	})

	t.Run("a temporary password is changed at the first sign-in", func(t *testing.T) {
		p.saves(map[string]string{"password.temporary": "on"})
		p.follow("Operators")
		p.press("Ben Ode")
		p.press("Generate temporary password")
		require.Equal(t, 200, p.press("Generate temporary password"))
		temporary := p.Text("#secret")
		ben.password = temporary
		ben.Open(s.at("/login"))
		require.Equal(t, 200, ben.typeSignIn())
		ben.Fill("#field-code", ben.next())
		require.Equal(t, 200, ben.Submit(primary))
		ben.heading("Change password")
		for _, path := range []string{"/", "/moderation", "/account"} {
			ben.Open(s.at(path))
			ben.heading("Change password", "it opens nothing else")
		}
		change := func(to string) int {
			ben.Paste("#field-current_password", temporary)
			ben.Paste("#field-password", to)
			ben.Paste("#field-password_again", to)
			return ben.Submit(primary)
		}
		require.Equal(t, 422, change(temporary), "one's own is another one")
		require.Equal(t, 200, change(anotherPassword))
		ben.Open(s.at("/moderation"))
		ben.proved()
		ben.heading("Analytics")
	})
}
