package browser_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// TestMission04OperatorsAreInvitedOrGranted: an account is made by e-mail and
// roles, or by granting a role to a member. A mail brings the address and a
// one-time link; the person chooses their own password. Invitations can be
// copied, sent again and cancelled, and show when they end.
func TestMission04OperatorsAreInvitedOrGranted(t *testing.T) {
	mel := member{backoffice.Member{ID: "7", Name: "Mel Quist", Email: "mel@riverside.example"}, anotherPassword}
	s := newSite(t, withMembers(mel))
	p := s.owner(t)
	p.AllowClipboard()
	p.follow("Operators")
	require.Equal(t, 200, p.press("Invite an operator"))
	p.Fill("#field-email", "ben@riverside.example")
	p.Fill("#field-name", "Ben Ode")
	p.tick(`input[name=role][value=moderator]`)
	require.Equal(t, 200, p.press("Send invitation"))
	require.Contains(t, p.said(), "The invitation is on its way.")

	invited, m := s.mailedLink()
	require.Contains(t, m.Subject, "You are invited")
	require.Contains(t, m.Text, s.office.HomeURL(), "the mail says where the office is")
	require.Contains(t, m.Text, "Moderator")

	t.Run("it shows when it ends", func(t *testing.T) {
		text := p.reads("section[aria-labelledby=invitation]")
		require.Contains(t, text, "Its link expires in 7 days")
		end := s.now().Add(7 * 24 * time.Hour)
		var shown string
		p.Evaluate(`[...document.querySelectorAll("section[aria-labelledby=invitation] time")].at(-1).dateTime`, &shown)
		at, err := time.Parse(time.RFC3339, shown)
		require.NoError(t, err)
		require.WithinDuration(t, end, at, time.Minute)
		p.follow("Operators")
		require.Contains(t, p.reads("tbody"), "Invited")
		p.press("Ben Ode")
	})

	guest := s.person(t, "Ben Ode", "ben@riverside.example")
	opens := func(link string) bool {
		guest.Open(s.at("/login"))
		return guest.openLink(link)
	}

	var copied string
	t.Run("it can be copied", func(t *testing.T) {
		require.True(t, opens(invited))
		require.Equal(t, 200, p.press("Create a link to hand over"))
		p.Click("[data-copy]")
		copied = p.Clipboard()
		require.Equal(t, p.Text("#secret"), copied)
		require.True(t, opens(copied))
		require.False(t, opens(invited), "the newer link replaces the older")
		p.press("Done")
	})

	var again string
	t.Run("it can be sent again", func(t *testing.T) {
		require.Equal(t, 200, p.press("Resend invitation"))
		require.Contains(t, p.said(), "The invitation is on its way.")
		again, _ = s.mailedLink()
		require.True(t, opens(again))
		require.False(t, opens(copied))
	})

	t.Run("its end is shown too, and then it can be sent again", func(t *testing.T) {
		s.later(7*24*time.Hour + time.Minute)
		require.False(t, opens(again))
		p.signIn()
		p.follow("Operators")
		require.Contains(t, p.reads("tbody"), "Invitation expired")
		p.press("Ben Ode")
		require.Contains(t, p.reads("#invitation"), "The invitation has expired")
		require.Equal(t, 200, p.press("Resend invitation"))
		again, _ = s.mailedLink()
	})

	t.Run("the person chooses their own password and signs in with it", func(t *testing.T) {
		ben := guest
		ben.welcome(again)
		ben.arrive()
		require.Contains(t, ben.navigation(), "Moderation")
		require.NotContains(t, ben.navigation(), "Analytics")
		require.NotContains(t, ben.navigation(), "Operators")
		ben.signOut()
		require.False(t, opens(again), "the link works once")
		p.follow("Operators")
		p.press("Ben Ode")
		require.Contains(t, p.reads(".title-line"), "Active")
	})

	t.Run("it can be cancelled", func(t *testing.T) {
		link := p.invite("Cleo Marsh", "cleo@riverside.example", backoffice.CommunityManager)
		require.True(t, opens(link))
		p.follow("Operators")
		p.press("Cleo Marsh")
		p.press("Cancel invitation")
		require.Equal(t, 200, p.press("Cancel invitation"))
		require.Contains(t, p.said(), "Invitation cancelled.")
		require.NotContains(t, p.reads("tbody"), "Cleo")
		require.False(t, opens(link))
	})

	t.Run("a member is given a role", func(t *testing.T) {
		p.grant("mel", backoffice.CommunityManager)
		m := s.letter(mel.Email, "You have access")
		require.Contains(t, m.Text, s.office.HomeURL())
		require.Contains(t, m.Text, "Community manager")

		who := s.person(t, mel.Name, mel.Email)
		who.password = mel.password
		who.Open(s.at("/login"))
		require.Equal(t, 200, who.typeSignIn(), "with the password of the community")
		who.enrol()
		who.arrive()
		require.Contains(t, who.navigation(), "Analytics")
	})
}
