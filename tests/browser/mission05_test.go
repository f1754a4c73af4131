package browser_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/tests/chrome"
	"github.com/postern-go/postern/tests/judge"
)

// TestMission05SignInIsPasswordThenCode: name or e-mail and password, then the
// code, at every sign-in. Who must have two-factor authentication is a
// parameter: everyone, roles that say so, or recommended only. Who must and has
// none enrols inside sign-in; who may goes to the avatar menu, and can remove it
// there.
func TestMission05SignInIsPasswordThenCode(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	eve := s.person(t, "Eve Hall", "eve@riverside.example")
	password := func(who *person, login string) {
		t.Helper()
		who.Open(s.at("/login"))
		who.Fill("#field-login", login)
		who.Paste("#field-password", who.password)
		require.Equal(t, 200, who.Submit(primary))
	}

	t.Run("everyone must: they enrol inside sign-in", func(t *testing.T) {
		eve.welcome(p.invite(eve.name, eve.email, backoffice.Moderator))
		eve.arrive()
		eve.signOut()
		for _, login := range []string{eve.name, eve.email} {
			password(eve, login)
			require.Equal(t, s.at("/login/code"), eve.Location())
			eve.Open(s.at("/account"))
			require.False(t, eve.isAt("Account"), "the password alone opens nothing")
			password(eve, login)
			eve.Fill("#field-code", eve.next())
			require.Equal(t, 200, eve.Submit(primary))
			eve.heading("Home")
			eve.signOut()
		}
	})

	ben := s.person(t, "Ben Ode", "ben@riverside.example")
	cleo := s.person(t, "Cleo Marsh", "cleo@riverside.example")
	choosePassword := func(who *person, link string) {
		who.openLink(link)
		who.Paste("#field-password", who.password)
		who.Paste("#field-password_again", who.password)
		require.Equal(t, 200, who.Submit(primary))
	}

	t.Run("roles that say so: a moderator need not, an administrator must", func(t *testing.T) {
		p.saves(map[string]string{"two_factor.who": "roles"})
		choosePassword(ben, p.invite(ben.name, ben.email, backoffice.Moderator))
		choosePassword(cleo, p.invite(cleo.name, cleo.email, backoffice.Administrator))
		password(ben, ben.name)
		ben.heading("Home")
		password(cleo, cleo.name)
		cleo.heading("Add an authenticator app")

		key, err := url.Parse(judge.QR(t, cleo.Screenshot(chrome.Shot{Full: true})))
		require.NoError(t, err)
		manual := strings.ReplaceAll(cleo.Text("#totp-secret"), " ", "")
		require.Equal(t, manual, key.Query().Get("secret"), "the picture and the key in text are one")
		cleo.enrol()
		cleo.arrive()
	})

	t.Run("who may adds one from the avatar menu, and removes it there", func(t *testing.T) {
		ben.Click(".menu-avatar summary")
		require.Equal(t, 200, ben.pressIn(".menu-avatar", "Two-factor authentication"))
		require.Equal(t, 200, ben.press("Add an authenticator app"))
		ben.secret = url.QueryEscape(strings.ReplaceAll(ben.Text("#totp-secret"), " ", ""))
		require.Contains(t, judge.QR(t, ben.Screenshot(chrome.Shot{Full: true})), "secret="+ben.secret)
		ben.Fill("#field-code", ben.code())
		require.Equal(t, 200, ben.press("Add"))
		ben.arrive()
		ben.signOut()
		password(ben, ben.email)
		require.Equal(t, s.at("/login/code"), ben.Location(), "a code at every sign-in from now on")
		ben.Fill("#field-code", ben.next())
		ben.Submit(primary)

		ben.Click(".menu-avatar summary")
		ben.pressIn(".menu-avatar", "Two-factor authentication")
		require.Equal(t, 200, ben.press("Remove"))
		require.Equal(t, 200, ben.press("Remove "))
		require.Contains(t, ben.said(), "app removed")
		ben.signOut()
		password(ben, ben.name)
		ben.heading("Home")
	})

	t.Run("recommended only: nobody must, and the page advises it", func(t *testing.T) {
		p.saves(map[string]string{"two_factor.who": "recommended"})
		dara := s.person(t, "Dara Finn", "dara@riverside.example")
		choosePassword(dara, p.invite(dara.name, dara.email, backoffice.Administrator))
		password(dara, dara.name)
		dara.heading("Home")
		require.Contains(t, visibleText(dara), "two-factor authentication")
		password(eve, eve.name)
		require.Equal(t, s.at("/login/code"), eve.Location(), "who has it still needs it")
	})

	t.Run("everyone again: who is signed in must enrol at the next click", func(t *testing.T) {
		s.later(time.Minute)
		p.saves(map[string]string{"two_factor.who": "everyone"})
		ben.Open(s.at("/"))
		ben.heading("Add an authenticator app")
		ben.Open(s.at("/moderation"))
		ben.heading("Add an authenticator app")
	})
}
