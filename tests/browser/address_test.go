package browser_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/tests/chrome"
	"github.com/postern-go/postern/tests/judge"
)

// TestAnAddressIsJudgedBeforeItIsTaken: an address that strangers would guess is refused
// beside its field, and one that the community answers itself is named.
func TestAnAddressIsJudgedBeforeItIsTaken(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	p.Open(s.at("/parameters/address"))
	word := func(typed string) string {
		p.Fill("#field-alias", typed)
		return p.Text("[data-strength-word] b")
	}
	require.Contains(t, []string{"weak", "fair"}, word("admin-panel-2024"))
	require.Contains(t, []string{"weak", "fair"}, word("riverside-admin"))
	require.Equal(t, "strong", word("violet-harbour-nine"))
	require.Equal(t, 4, p.Count(".requirements .is-met"), "the rule is ticked while typing")
	for alias, says := range map[string]string{
		"admin-panel-2024":    "with other common words and numbers first",
		"riverside-gardeners": "made from the community’s name",
		"short":               "12 to 64 lower-case letters",
	} {
		p.Fill("#field-alias", alias)
		require.Equal(t, 422, p.send())
		require.Contains(t, p.Text("#field-alias-error"), says)
		require.Equal(t, alias, p.Value("#field-alias"), "what was typed stays")
	}
	p.Fill("#field-alias", "walnut-otter-news")
	require.Equal(t, 200, p.Submit(primary))
	require.Contains(t, p.Text("main"), "It is “News of otters” at /walnut-otter-news, which answers with status 200.")
}

// TestALinkIsHandedOverByPictureAndVoice: what another program reads in the picture opens
// the page, and so does the code as people type it. A link that was used says so before
// its form, with and without script.
func TestALinkIsHandedOverByPictureAndVoice(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	p.invite("Ben Ode", "ben@riverside.example", backoffice.Moderator)
	p.follow("Operators")
	p.press("Ben Ode")
	require.Equal(t, 200, p.press("Create a link to hand over"))
	link := p.Text("#secret")
	code := p.Text("#code")
	require.Equal(t, link, judge.QR(t, p.Screenshot(chrome.Shot{Full: true})))
	require.True(t, strings.HasSuffix(link, "/welcome#"+code))

	ben := s.person(t, "Ben Ode", "ben@riverside.example")
	require.True(t, ben.openLink(link))
	require.Equal(t, s.at("/welcome"), ben.Location(), "the link leaves the address bar")
	ben.DisableScript()
	ben.Open(s.at("/reset"))
	ben.Fill("#field-token", strings.ToLower(strings.ReplaceAll(code, "-", " ")))
	require.Equal(t, 200, ben.Submit(primary))
	require.Equal(t, "Welcome", ben.Text("h1"), "whatever page it is typed on")
	ben.Paste("#field-password", ben.password)
	ben.Paste("#field-password_again", ben.password)
	require.Equal(t, 200, ben.Submit(primary))

	ben.Open(s.at("/welcome"))
	ben.Fill("#field-token", code)
	require.Equal(t, 410, ben.Submit(primary), "without script, before the passwords")
	late := s.person(t, "Ben Ode", "ben@riverside.example")
	require.False(t, late.openLink(link), "with script, at once")
	require.Equal(t, "This link no longer works", late.Text("h1"))

	// At a browser that is signed in as somebody else.
	s.later(time.Minute)
	other := p.invite("Cleo Marsh", "cleo@riverside.example", backoffice.Moderator)
	require.True(t, p.openLink(other))
	require.Contains(t, p.Text("main"), "You are signed in as Ada Brook.")
	require.Equal(t, 200, p.press("Sign out and continue"))
	require.Zero(t, p.Count(".menu-avatar"))
	require.Equal(t, s.at("/welcome"), p.Location())
	p.Paste("#field-password", anotherPassword)
	p.Paste("#field-password_again", anotherPassword)
	require.Equal(t, 200, p.Submit(primary))
	require.Contains(t, p.said(), "Password set")
}
