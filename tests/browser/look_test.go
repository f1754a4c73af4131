package browser_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/chrome"
)

// TestReadersChooseAColourScheme chooses one in the avatar menu, without script, which can
// only be the server's work: the page is dark before anything else loads.
func TestReadersChooseAColourScheme(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	p.DisableScript()
	ground := func() (colour string) {
		p.Evaluate(`getComputedStyle(document.body).backgroundColor`, &colour)
		return colour
	}
	const light, dark = "rgb(244, 246, 246)", "rgb(16, 21, 22)"
	choose := func(scheme string) {
		p.Click(".menu-avatar summary")
		p.Submit(`.schemes button[value="` + scheme + `"]`)
		require.Equal(t, s.at("/operators?state=active"), p.Location(), "it leads back, and says no notice again")
		require.Equal(t, 1, p.Count(`.schemes button[value="`+scheme+`"][aria-pressed="true"]`))
		require.Equal(t, 1, p.Count(`.schemes [aria-pressed="true"]`))
	}
	p.Open(s.at("/operators?state=active&done=nothing"))
	require.Equal(t, light, ground())

	choose("dark")
	require.Equal(t, dark, ground())
	p.Open(s.at("/account"))
	require.Equal(t, dark, ground(), "other pages follow")
	p.Open(s.at("/operators?state=active"))
	p.Look(chrome.Shot{Dark: true})
	choose("light")
	require.Equal(t, light, ground(), "though the system is dark")
	choose("system")
	require.Equal(t, dark, ground())
	choose("dark")

	p.Look(chrome.Shot{})
	p.signOut()
	require.Equal(t, dark, ground(), "signed-out pages follow, too")
	p.Open(s.at("/login"))
	require.Equal(t, dark, ground())
	require.Equal(t, 1, p.Count(`meta[name="color-scheme"][content="dark"]`))
	var cookies string
	p.Evaluate(`document.cookie`, &cookies)
	require.Empty(t, cookies)
}

// TestAPauseIsSeenBesideANotice pauses sign-ins, which every page says.
func TestAPauseIsSeenBesideANotice(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	s.set(map[string]string{"signin.paused": "on", "signin.paused_text": "Back at noon."})
	for _, path := range []string{"/", "/account"} {
		p.Open(s.at(path + "?done=nothing"))
		require.Contains(t, p.Text("main .notices"), "Sign-ins are paused. Back at noon.")
		require.Contains(t, p.Text("main .notices"), "There was nothing to change.")
	}
	p.Submit(".notices a")
	require.Equal(t, 1, p.Count(`[id="field-signin.paused"]`), "the link leads to what ends the pause")
	p.signOut()
	p.Open(s.at("/login?done=unsaved"))
	require.Contains(t, p.Text("main .notices"), "Sign-ins are paused. Back at noon.")
	require.Contains(t, p.Text("main .notices"), "what you sent was not saved")
	require.Zero(t, p.Count(".notices a"))
}
