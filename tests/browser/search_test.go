package browser_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/tests/chrome"
)

// colleagues are operators who are active without an invitation.
func (s *site) colleagues(n int) {
	writes := make([]store.Write, 0, n)
	for i := range n {
		name := fmt.Sprintf("%s Marchetti %d", []string{"Chiara", "Elif", "Hugo"}[i%3], i)
		o := store.Operator{
			ID: fmt.Sprintf("colleague-%02d", i), Name: name, Email: fmt.Sprintf("colleague%d@riverside.example", i), State: store.OperatorActive,
			PrimaryRole: backoffice.Moderator, CreatedAt: s.now().UTC(), UpdatedAt: s.now().UTC(), LastActiveAt: s.now().UTC().Add(-time.Duration(i) * time.Hour),
		}
		desk.Keyed(&o)
		writes = append(writes, store.PutOperator{Operator: o})
	}
	require.NoError(s.t, s.store.Commit(s.t.Context(), writes...))
}

// focused is the id of the focused element.
func (p *person) focused() (id string) {
	p.Evaluate(`document.activeElement.id`, &id)
	return id
}

// filtered waits until a list shows what its filters, as the address has them, select.
func (p *person) filtered(query string) {
	p.s.t.Helper()
	require.Eventually(p.s.t, func() bool { return strings.HasSuffix(p.Location(), "?"+query) }, 5*time.Second, 10*time.Millisecond, query)
}

// wide is by how many pixels the page runs over its side.
func (p *person) wide() (pixels int) {
	p.Evaluate(`document.documentElement.scrollWidth - document.documentElement.clientWidth`, &pixels)
	return pixels
}

// TestAnythingIsFoundByItsName has Ada go to a role, filter a list and come back to it
// with nothing but the keyboard, and then all of it without script.
func TestAnythingIsFoundByItsName(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	s.colleagues(49)

	p.PressControl("k")
	p.Wait("#goto[open]")
	require.Equal(t, "goto-words", p.focused())
	p.Press("moder")
	p.Wait(`#goto a[href$="/roles/moderator"]`)
	p.Press(chrome.Down)
	require.Equal(t, 200, p.PressToLoad(chrome.Enter))
	require.Equal(t, s.at("/roles/moderator"), p.Location(), "the second result, below the page Moderation")
	p.PressControl("k")
	p.Wait("#goto[open]")
	p.Press("nobody is called this")
	require.Eventually(t, func() bool { return p.Text("#goto [aria-live]") == "No matches" }, 5*time.Second, 10*time.Millisecond)
	p.Press(chrome.Escape)
	require.Zero(t, p.Count("#goto[open]"))
	p.PressControl("k")
	p.Wait("#goto[open]")
	p.Press("idle")
	require.Equal(t, 200, p.PressToLoad(chrome.Enter), "the first result, before it is shown")
	require.Contains(t, p.Location(), "/parameters")

	p.Open(s.at("/operators"))
	p.Look(chrome.Shot{Width: 390, Height: 844, Phone: true})
	var height int
	p.Evaluate(`document.documentElement.scrollHeight`, &height)
	require.Equal(t, 50, p.Count("main tbody > tr"))
	require.Less(t, height, 4500, "fifty operators on a phone")
	p.Click(p.mark("main", "Actions for"))
	var misses []string
	p.Evaluate(`[...document.querySelectorAll(".menu-row[open] a")].filter(a => {
		const r = a.getBoundingClientRect();
		return [r.top + 2, r.bottom - 2].some(y => document.elementFromPoint(r.right - 12, y) !== a);
	}).map(a => a.textContent)`, &misses)
	require.Empty(t, misses, "a finger hits another act, or somebody else's menu")
	require.Positive(t, p.Count(".menu-row[open] a"))
	var width int
	p.Evaluate(`document.querySelector(".bar-search").offsetWidth`, &width)
	require.Equal(t, 44, width, "the search in the bar")
	for _, path := range []string{"/operators", "/roles", "/mail", "/search?q=a", "/account/sessions"} {
		p.Open(s.at(path))
		p.Look(chrome.Shot{Width: 320, Height: 640})
		require.Zero(t, p.wide(), path)
	}
	p.PressControl("k")
	p.Wait("#goto[open]")
	require.Zero(t, p.wide(), "with the search open")
	p.Press(chrome.Escape)
	p.Look(chrome.Shot{Width: 1280})

	p.Open(s.at("/operators"))
	p.PressShortcut("/")
	require.Equal(t, "field-q", p.focused())
	p.Press("chiara")
	p.filtered("q=chiara")
	require.Equal(t, "field-q", p.focused(), "typing goes on")
	require.Equal(t, 17, p.Count("main tbody > tr"))
	require.Equal(t, 200, p.Submit("main tbody tr:nth-child(2) a"))
	require.Contains(t, p.Text("h1"), "Chiara")
	require.Equal(t, 200, p.Submit(".crumbs a"))
	require.Equal(t, s.at("/operators?q=chiara"), p.Location(), "the breadcrumb leads back to the filtered list")
	p.Submit("main tbody tr:nth-child(2) a")
	p.Back()
	require.Equal(t, s.at("/operators?q=chiara"), p.Location())
	require.Equal(t, "chiara", p.Value("#field-q"))

	p.Evaluate(`document.activeElement.blur()`, nil)
	p.PressShortcut("?")
	p.Wait("#goto[open]")
	p.Click("#goto-single")
	p.Press(chrome.Escape)
	p.Reload()
	p.PressShortcut("/")
	require.NotEqual(t, "field-q", p.focused(), "single keys are switched off, and stay so (WCAG 2.2, 2.1.4)")

	p.DisableScript()
	p.Open(s.at("/"))
	require.Equal(t, 200, p.Submit(".bar-search"))
	p.Fill("#field-q", "moderator")
	p.Submit("main form button")
	require.Equal(t, 200, p.Submit(`main a[href$="/roles/moderator"]`))
	require.Equal(t, "Moderator", p.Text("h1"))
	require.NotContains(t, s.log.String(), "chiara", "what was typed is not logged")
}
