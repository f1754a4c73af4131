package gallery_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/chrome"
)

// lost finds text that does not fit into the box that holds it, and pages that
// run over their side. The bar may cut the names of the office and of the operator
// short: the home page and the menu below have them in full.
const lost = `(() => {
	const found = [];
	const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
	if (over > 0) found.push('the page, by ' + over);
	for (const e of document.querySelectorAll('main *, header *, nav *')) {
		if (!e.checkVisibility({checkVisibilityCSS: true}) || e.matches('input, textarea, select') || e.closest('.visually-hidden, svg, .bar-brand, .menu-name')) continue;
		const style = getComputedStyle(e);
		const cut = ['hidden', 'clip'].includes(style.overflowX) || ['hidden', 'clip'].includes(style.overflowY);
		if (cut && e.clientWidth > 1 && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)) found.push(e.outerHTML.slice(0, 120));
	}
	for (const e of document.querySelectorAll('.bars *')) {
		if (/^\d+$/.test(e.textContent) && e.getClientRects().length > 1) found.push('a number broken in two, ' + e.outerHTML);
	}
	if (innerWidth === 1280 && !document.documentElement.style.fontSize) for (const e of document.querySelectorAll('.setting select')) {
		const alike = document.body.appendChild(document.createElement('span'));
		alike.style.cssText = 'position: absolute; white-space: nowrap; font: ' + getComputedStyle(e).font;
		alike.textContent = e.selectedOptions[0].label;
		if (e.checkVisibility() && alike.getBoundingClientRect().width > e.clientWidth - 32) found.push('what is chosen, of ' + e.outerHTML.slice(0, 120));
		alike.remove();
	}
	return found;
})()`

// elongate makes the words of a page 1.6 times as long, as other languages do. Names, codes,
// times and numbers stay.
const elongate = `(() => {
	const longer = (text) => text.replace(/\p{L}{3,}/gu, (word) => word + word.toLowerCase().repeat(2).slice(-Math.ceil(word.length * 0.6)));
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walker.nextNode()) {
		const node = walker.currentNode;
		if (node.parentElement.closest('svg, script, textarea, bdi, code, kbd, .mono, time, [dir]:not(body, html)')) continue;
		node.data = longer(node.data);
	}
	for (const input of document.querySelectorAll('[placeholder]')) input.placeholder = longer(input.placeholder);
})()`

// brimming finds labels that run over the sides of what they are in.
const brimming = `[...document.querySelectorAll('button, .button, summary, .badge, th, dt, .nav-list a, .menu-panel a, label, legend, h1, h2, h3')].filter(e =>
	e.checkVisibility({checkVisibilityCSS: true}) && !e.closest('.visually-hidden, .menu-avatar > summary') && e.clientWidth > 1 &&
	getComputedStyle(e.closest('thead') ?? e).clipPath === 'none' && e.scrollWidth > e.clientWidth + 1
).map(e => (e.scrollWidth - e.clientWidth) + ' pixels: ' + e.outerHTML.slice(0, 160))`

func TestNothingMovesForWhoWantsNoMotion(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	visit(b, site, "office-home-office", chrome.Shot{Width: 1280}) // looks ask for reduced motion
	moving := evaluate[[]string](b, `[...document.querySelectorAll('*')].filter(e => {
		const style = getComputedStyle(e);
		return style.animationName !== 'none' || !style.transitionDuration.split(', ').every(d => d === '0s') && style.transitionProperty !== 'none';
	}).map(e => e.outerHTML.slice(0, 120))`)
	require.Empty(t, moving)
}

// TestTheReadersOwnColoursLoseNothing looks at pages as somebody sees them
// whose system replaces all colours: grounds and shadows are gone, and borders
// have to say what they said.
func TestTheReadersOwnColoursLoseNothing(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	b.ForceColours()
	border := func(selector string) float64 {
		return evaluate[float64](b, `(() => {
			const style = getComputedStyle(document.querySelector('`+selector+`'));
			return Math.max(...['Top', 'Bottom', 'Left'].map(side => style['border' + side + 'Style'] === 'none' ? 0 : parseFloat(style['border' + side + 'Width'])));
		})()`)
	}
	for page, selectors := range map[string][]string{
		"office-home-office":                  {".panel", ".badge", ".button", ".tiles a", ".avatar", ".nav-list a[aria-current]"},
		"office-parameters-filled":            {".once", ".button", ".input", ".panel", ".badge"},
		"office-parameters_section-refused":   {".button", ".input", ".switch input", ".panel", ".notice", ".badge"},
		"office-role-refused":                 {".matrix", ".matrix-head", ".input", ".button"},
		"office-mail_message-failed":          {".reply"},
		"office-account_codes_shown-plain":    {".codes"},
		"office-account_two_factor_add-empty": {".key"},
		"office-operators-none":               {".sign", ".filters", ".input"},
	} {
		b.Open(site + page)
		require.True(t, evaluate[bool](b, `matchMedia('(forced-colors: active)').matches`))
		for _, selector := range selectors {
			require.Positive(t, border(selector), "%s on %s", selector, page)
		}
	}
	b.Open(site + "office-parameters_section-refused")
	require.Greater(t, border("[aria-invalid=true]"), border(`[id="field-password.history"]`), "a field with a mistake stands out")
	b.Click(`[id="field-password.upper"]`)
	require.Positive(t, border(".setting.is-changed"), "what is changed is marked")
	b.Press(chrome.Tab)
	require.GreaterOrEqual(t, evaluate[float64](b, `parseFloat(getComputedStyle(document.activeElement).outlineWidth)`), 2.0)
}
