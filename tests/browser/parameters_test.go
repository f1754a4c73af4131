package browser_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/chrome"
)

// TestParametersExplainThemselves finds a parameter by what another program calls it,
// changes it by a preset and by a value of one's own, and finds out who did.
func TestParametersExplainThemselves(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	bare := &person{Browser: p.Tab(), s: s, name: p.name}
	bare.DisableScript()

	p.follow("Parameters")
	p.Fill("#find", "automatic logout")
	require.Equal(t, "Found: 1", p.Text("#found"))
	require.Equal(t, 200, p.press("Longest idle time"))
	require.Equal(t, s.at("/parameters/session-limits#field-session.idle"), p.Location())
	require.Zero(t, p.Count(".savebar:not([hidden])"), "nothing to save yet")
	p.Choose(`[id="field-session.idle"]`, "1h")
	require.Equal(t, "Longest idle time: 30 minutes → 1 hour", p.Text("[data-changes]"))
	p.Choose(`[id="field-session.per_operator"]`, "custom")
	require.Contains(t, p.Text("[data-changes]"), "3 sessions → … sessions", "no value yet")
	require.Equal(t, 422, p.press("Review and save"))
	focus := ""
	p.Evaluate(`document.activeElement.id`, &focus)
	require.Equal(t, "field-session.per_operator-custom", focus, "where there is something to type")
	p.Choose(`[id="field-session.per_operator"]`, "3")
	require.Equal(t, 200, p.press("Review and save"))
	require.Contains(t, p.Text("main"), "Looser")
	require.Equal(t, 200, p.press("Save 1 change"))
	require.Contains(t, s.letter(p.email, "loosened").Text, "Longest idle time: from “30 minutes” to “1 hour”.")

	bare.Open(s.at("/parameters"))
	bare.Fill("#find", "lockout")
	require.Equal(t, 200, bare.press("Find"))
	require.Equal(t, "Found: 5", bare.Text("#found"))
	require.Equal(t, 200, bare.press("Wrong passwords in a row"))
	require.NotZero(t, bare.Count(".savebar:not([hidden])"), "without script the bar is always there")
	custom := `[id="field-signin.failures-custom"]`
	shown := func() (is bool) {
		bare.Evaluate(`document.querySelector('`+custom+`').checkVisibility()`, &is)
		return is
	}
	require.False(t, shown(), "a preset is chosen")
	bare.Choose(`[id="field-signin.failures"]`, "custom")
	require.True(t, shown())
	bare.Fill(custom, "99")
	require.Equal(t, 422, bare.press("Review and save"))
	require.Contains(t, bare.problem(), "Enter a whole number: 3 to 10.")
	require.True(t, shown(), "what was typed is there")
	bare.Fill(custom, "4")
	require.Equal(t, 200, bare.press("Review and save"))
	require.Equal(t, 200, bare.press("Save 1 change"))
	require.Equal(t, 200, bare.press("Restore default : Wrong passwords in a row"))
	require.Equal(t, 200, bare.press("Save 1 change"))
	require.Equal(t, 200, bare.press("History : Wrong passwords in a row"))
	require.Equal(t, 2, bare.Count("tbody tr"))
	require.Regexp(t, `(?s)Ada Brook.*4 attempts.*5 attempts.*Ada Brook.*5 attempts.*4 attempts`, bare.Text("tbody"))

	p.Look(chrome.Shot{Width: 390, Height: 844, Phone: true})
	p.Open(s.at("/parameters/passwords#field-password.min_length"))
	var covered bool
	p.Evaluate(`document.querySelector("label[for='field-password.min_length']").getBoundingClientRect().top < document.querySelector(".bar").getBoundingClientRect().bottom`, &covered)
	require.False(t, covered, "whoever comes from a search sees what the control is for")
	for _, path := range []string{"/parameters", "/parameters/passwords", "/parameters/sign-in", "/parameters/history/session.idle"} {
		p.Open(s.at(path))
		var size []int
		p.Evaluate(`[document.documentElement.scrollHeight, document.documentElement.scrollWidth]`, &size)
		require.LessOrEqual(t, size[0], 2500, path)
		require.LessOrEqual(t, size[1], 390, path)
	}
}
