package browser_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/smtpsink"
	"github.com/postern-go/postern/tests/judge"
)

// TestMission06MembersSignInWithAndWithoutSSO: without SSO, an operator who is
// a member signs in with the member password. With SSO, members have none, so
// they make a back-office password, which works only there and says so; the
// community's own reset is off by itself and says where the company sign-in is.
// Both are tried on the example, a whole community.
func TestMission06MembersSignInWithAndWithoutSSO(t *testing.T) {
	sink := smtpsink.Start(t, smtpsink.Options{})
	e := startExample(t, "-addr", "localhost:0", "-smtp", sink.Addr)
	ada := e.owner("Ada Brook", "ada@example.com")
	mel := (&site{t: t}).person(t, "Mel Quist", "mel@example.com")

	t.Run("without SSO the password of the community counts", func(t *testing.T) {
		mel.Open(e.community() + "/sign-up")
		mel.Fill("#name", mel.name)
		mel.Fill("#email", mel.email)
		mel.Fill("#password", mel.password)
		mel.Fill("#password_again", mel.password)
		require.Equal(t, 200, mel.press("Become a member"))
		ada.grant("Mel", backoffice.CommunityManager)
		require.Contains(t, awaitLetter(t, sink, mel.email, "You have access").Text, "your member password")

		mel.Open(e.office() + "/login")
		require.NotContains(t, visibleText(mel), "Council")
		require.Equal(t, 200, mel.typeSignIn())
		mel.enrolNow()
		require.Contains(t, mel.navigation(), "Analytics")
		mel.Open(e.office() + "/account")
		require.Contains(t, mel.reads("main"), "You sign in with your community password.")
		ada.follow("Members")
		require.Contains(t, ada.reads(".lede"), "with their community password")
		ada.press("Change")
		require.Contains(t, ada.reads("main"), "Their community password works here too.")
	})

	addr := strings.TrimPrefix(e.community(), "http://") // as before: the cookies are named after it
	e.stop()
	e.start("-addr", addr, "-smtp", sink.Addr, "-sso")
	const company = "Riverside Council sign-in"

	t.Run("with SSO the community's own reset is off, and says where to sign in", func(t *testing.T) {
		visitor := (&site{t: t}).person(t, "Visitor", "visitor@example.com")
		visitor.Open(e.community() + "/sign-in")
		require.NotContains(t, visibleText(visitor), "Forgot")
		require.Equal(t, 404, visitor.Open(e.community()+"/forgot"))
		require.Equal(t, 404, visitor.Open(e.community()+"/reset"))
		visitor.Open(e.community() + "/sign-in")
		require.Equal(t, 200, visitor.press("Go to the company sign-in"))
		require.Equal(t, company, visitor.Text("h1"))
	})

	t.Run("with SSO a member makes a password that works only in the office", func(t *testing.T) {
		jonah := (&site{t: t}).person(t, "Jonah Whitfield", "jonah.whitfield@riverside.example")
		jonah.Open(e.community() + "/company-sign-in")
		jonah.Click("#person-1002")
		require.Equal(t, 200, jonah.press("Continue"))
		ada.Open(e.office() + "/members")
		require.Contains(t, ada.reads(".lede"), "Members sign in to the community through "+company)
		ada.grant("Jonah", backoffice.Moderator)

		m := awaitLetter(t, sink, jonah.email, "You have access")
		require.Contains(t, m.Text, "works there and nowhere else")
		jonah.openLink(mailed.FindString(m.Text))
		require.Contains(t, visibleText(jonah), "It works only here")
		jonah.Paste("#field-password", jonah.password)
		jonah.Paste("#field-password_again", jonah.password)
		require.Equal(t, 200, jonah.Submit(primary))
		require.Contains(t, visibleText(jonah), "The community signs in through "+company)
		require.Equal(t, 200, jonah.typeSignIn())
		jonah.enrolNow()
		require.Contains(t, jonah.navigation(), "Posts")
	})

	t.Run("who signed in with the member password before makes one by Forgot your password", func(t *testing.T) {
		mel.Open(e.office() + "/account")
		if mel.isAt("Account") {
			mel.signOut()
		}
		mel.Open(e.office() + "/login")
		require.Equal(t, 422, mel.typeSignIn(), "the member password does not count any more")
		mel.Submit(`a[href$="/forgot"]`)
		mel.Fill("#field-email", mel.email)
		require.Equal(t, 200, mel.Submit(primary))
		mel.openLink(mailed.FindString(awaitLetter(t, sink, mel.email, "Reset your").Text))
		require.Contains(t, visibleText(mel), "works only here")
		mel.password = anotherPassword
		mel.Paste("#field-password", mel.password)
		mel.Paste("#field-password_again", mel.password)
		mel.Fill("#field-code", judge.CodeAt(t, mel.secret, soon()))
		require.Equal(t, 200, mel.Submit(primary), "the new password, and the code as well")
		require.Contains(t, mel.said(), "Password changed")
	})
}

// grant gives a member of the community a role, on the Members page.
func (p *person) grant(name, role string) {
	p.s.t.Helper()
	p.follow("Members")
	p.Fill("#field-q", name)
	p.filtered("q=" + url.QueryEscape(name))
	p.press("Give access")
	p.ticksRoles(role)
	p.press("Review")
	require.Equal(p.s.t, 200, p.press("Give access"))
	require.Contains(p.s.t, p.said(), "Access changed.")
}
