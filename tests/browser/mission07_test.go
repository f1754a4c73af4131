package browser_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// TestMission07ForgottenPasswordIsReplacedByMail: e-mail, one-time link, new
// password. How many requests are allowed is a parameter. The page never says
// whether the account exists; a reset neither switches off two-factor
// authentication nor signs in.
func TestMission07ForgottenPasswordIsReplacedByMail(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	ben := p.letIn(t, "Ben Ode", "ben@riverside.example", backoffice.Moderator)
	ben.signOut()
	p.saves(map[string]string{"reset.per_account": "2"})
	forgot := func(email string) (says string) {
		t.Helper()
		ben.Open(s.at("/login"))
		require.Equal(t, 200, ben.press("Forgot your password?"))
		ben.Fill("#field-email", email)
		require.Equal(t, 200, ben.Submit(primary))
		ben.heading("Check your email")
		return visibleText(ben)
	}
	for range 2 {
		require.Equal(t, forgot("nobody@riverside.example"), forgot(ben.email))
		s.later(5 * time.Minute) // longer than the least time between two
	}
	require.Len(t, s.mails("password-reset"), 2)
	require.Equal(t, forgot("nobody@riverside.example"), forgot(ben.email))
	require.Len(t, s.mails("password-reset"), 2, "two an hour, says the parameter")
	s.later(time.Hour)
	forgot(ben.email)
	require.Len(t, s.mails("password-reset"), 3)

	link := mailed.FindString(s.letter(ben.email, "Reset your Riverside Gardeners").Text)
	set := func() int {
		t.Helper()
		ben.Paste("#field-password", anotherPassword)
		ben.Paste("#field-password_again", anotherPassword)
		if ben.Count("#field-code") > 0 {
			ben.Fill("#field-code", ben.next())
		}
		return ben.Submit(primary)
	}
	require.True(t, ben.openLink(link))
	require.Equal(t, 1, ben.Count("#field-code"), "it says at once that it needs a code")
	require.Equal(t, 200, set())
	ben.heading("Sign in", "it signs nobody in")
	require.Contains(t, ben.said(), "Password changed")
	require.Equal(t, 422, ben.typeSignIn(), "the old one is gone")
	ben.password = anotherPassword
	ben.typeSignIn()
	require.Equal(t, s.at("/login/code"), ben.Location(), "two-factor authentication is as it was")
	ben.Fill("#field-code", ben.next())
	require.Equal(t, 200, ben.Submit(primary))
	ben.heading("Home")
	ben.signOut()
	require.False(t, ben.openLink(link), "the link works once")
}
