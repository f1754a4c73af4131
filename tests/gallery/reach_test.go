package gallery_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/chrome"
)

// fullest returns the last state of every page, and those states that have the
// most controls or the longest words.
func fullest(t *testing.T) (site string, names []string) {
	site, states := serve(t)
	last := map[string]string{}
	for _, s := range states {
		last[s.Name[:strings.LastIndex(s.Name, "-")]] = s.Name
	}
	names = slices.Sorted(maps.Values(last))
	for _, name := range busiest {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return site, names
}

// busiest are the states of the pages that have most on them.
var busiest = []string{
	"office-operator-active", "office-operator-locked", "office-operators-filled", "office-parameters_section-refused", "office-role-refused",
	"office-members-filled", "office-mail-filled", "office-audit-filtered", "office-audit-filled", "office-home-office", "office-account-long",
}

// tabbable lists what the Tab key has to reach, in the order of the page.
// Radio buttons of a group are one stop; what a closed menu holds is none.
const tabbable = `[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')].filter(e =>
	!e.disabled && e.tabIndex >= 0 && e.checkVisibility({checkVisibilityCSS: true}) && (e.type !== 'radio' ||
	e === ([...document.getElementsByName(e.name)].find(other => other.checked) ?? document.getElementsByName(e.name)[0])))`

func TestEverythingIsReachedWithTheTabKey(t *testing.T) {
	site, names := fullest(t)
	b := chrome.New(t)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			visit(b, site, name, chrome.Shot{Width: 1280})
			stops := evaluate[int](b, `(() => {
				document.activeElement.blur();
				getSelection().removeAllRanges();
				window.stops = `+tabbable+`;
				window.trail = [];
				document.addEventListener('focusin', event => {
					const style = getComputedStyle(event.target);
					const r = event.target.getBoundingClientRect();
					trail.push({
						stop: stops.indexOf(event.target),
						seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && r.width > 0 && r.bottom > 0 && r.top < innerHeight,
						what: event.target.outerHTML.slice(0, 120),
					});
				});
				return stops.length;
			})()`)
			b.Evaluate(`document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex'); trail.length = 0`, nil)
			// A date is reached part by part.
			parts := evaluate[int](b, `document.querySelectorAll('input[type^=date]').length`)
			b.Press(strings.Repeat(chrome.Tab, stops+7*parts))
			type step struct {
				Stop int
				Seen bool
				What string
			}
			trail := evaluate[[]step](b, `trail`)
			reached := map[int]bool{}
			for _, s := range trail {
				if s.Stop < 0 {
					continue // the summary of mistakes takes the focus by itself
				}
				require.True(t, s.Seen, "focus cannot be seen on %s", s.What)
				reached[s.Stop] = true
			}
			for stop := range stops {
				if !reached[stop] {
					t.Errorf("never reached: %s", evaluate[string](b, `stops[`+strconv.Itoa(stop)+`].outerHTML.slice(0, 120)`))
				}
			}
		})
	}
}

func TestMenusCloseWithEscape(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	for _, menu := range []struct {
		page, selector string
		look           chrome.Shot
	}{
		{"office-home-office", ".menu-avatar", chrome.Shot{Width: 1280}},
		{"office-home-office", ".menu-phone", chrome.Shot{Width: 390, Height: 844, Phone: true}},
		{"office-operators-filled", "tr:nth-child(4) .menu-row", chrome.Shot{Width: 1280}},
	} {
		visit(b, site, menu.page, menu.look)
		b.Evaluate(`document.querySelector('`+menu.selector+` > summary').focus()`, nil)
		b.Press(chrome.Enter)
		require.True(t, shown(b, menu.selector+" .menu-panel"), menu.selector)
		b.Press(chrome.Tab)
		require.True(t, evaluate[bool](b, `document.activeElement.closest('`+menu.selector+` .menu-panel') !== null`), "into %s", menu.selector)
		b.Press(chrome.Escape)
		require.False(t, evaluate[bool](b, `document.querySelector('`+menu.selector+`').open`), menu.selector)
		require.True(t, evaluate[bool](b, `document.activeElement === document.querySelector('`+menu.selector+` > summary')`), "focus is where it was before %s", menu.selector)
	}
}

func TestTheSkipLinkLeadsToTheContent(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	b.Open(site + "office-operators-filled")
	b.Press(chrome.Tab)
	require.Equal(t, "Skip to content", b.Text("a:focus"))
	b.Press(chrome.Enter)
	b.Press(chrome.Tab)
	require.True(t, evaluate[bool](b, `document.activeElement.closest('main') !== null`))
}
