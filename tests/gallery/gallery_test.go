// Package gallery has programs of other authors look at every page in each of
// its states: vnu at the markup, axe at what hinders people, Chromium at the
// policy and at pages that run over their sides.
//
// With -shots DIR it also takes pictures, for people to look at.
package gallery_test

import (
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/gallery"
	"github.com/postern-go/postern/tests/chrome"
	"github.com/postern-go/postern/tests/judge"
)

var (
	shots = flag.String("shots", "", "write pictures of every page to this folder")
	only  = flag.String("only", "", "take pictures only of pages whose name contains this")
	lang  = flag.String("lang", "", `look at pages in this language, such as "de"; its pictures are 320 and 1280 pixels wide`)
)

func TestMarkupIsValid(t *testing.T) {
	all := map[string][]byte{}
	for name, state := range documents(t) {
		all[name] = state.HTML
	}
	for path, asset := range gallery.Assets(t) {
		if strings.HasSuffix(path, ".css") {
			all[path] = asset.Body
		}
	}
	for _, finding := range judge.Markup(t, all) {
		t.Error(finding)
	}
}

// TestEveryState opens every state once and looks at it in several ways. Axe,
// which takes longest, sees the busiest states in both looks, every second last of a page and
// every tenth of the others in one: what a scheme or a width changes, it changes in all.
// Widths between the narrowest and the widest, and words of other languages, are for the
// fullest of every page.
func TestEveryState(t *testing.T) {
	site, states := serve(t)
	_, fulls := fullest(t)
	b := chrome.New(t)
	desktop, phone := chrome.Shot{Width: 1280}, chrome.Shot{Width: 390, Height: 844, Phone: true, Dark: true}
	for i, state := range states {
		full := slices.Contains(fulls, state.Name)
		t.Run(state.Name, func(t *testing.T) {
			both := slices.Contains(busiest, state.Name)
			wide := both || full && i%4 == 0 || i%20 == 0
			widths := []int{320}
			if full || wide {
				visit(b, site, state.Name, desktop)
				require.Empty(t, evaluate[[]string](b, lost), "scrolls sideways, 1280 pixels wide")
			} else { // a fuller state of the page is seen on a desktop
				visit(b, site, state.Name, chrome.Shot{Width: 320, Height: 640, Phone: true})
				widths = nil
				require.Empty(t, evaluate[[]string](b, lost), "scrolls sideways, 320 pixels wide")
			}
			if wide {
				hindersNobody(t, b, "desktop")
			}
			if full {
				b.Evaluate(`document.documentElement.style.fontSize = '200%'`, nil)
				require.Empty(t, evaluate[[]string](b, lost), "text twice as large: WCAG 2.2, 1.4.4")
				b.Evaluate(`document.documentElement.style.fontSize = ''`, nil)
				widths = []int{1024, 768, 320}
			}
			require.Empty(t, evaluate[[]string](b, tight), "touches what is above it")
			for _, width := range widths {
				b.Look(chrome.Shot{Width: width, Height: 640, Phone: width == 320})
				require.Empty(t, evaluate[[]string](b, lost), "scrolls sideways, %d pixels wide", width)
			}
			require.Empty(t, evaluate[[]string](b, cut), "cuts off a recovery code, 320 pixels wide")
			require.Empty(t, evaluate[[]string](b, small), "less than 44 pixels high")
			if both || full && i%4 == 2 || i%20 == 10 {
				b.Look(phone)
				hindersNobody(t, b, "phone in the dark")
			}
			if !full {
				return
			}
			b.Look(chrome.Shot{Width: 320, Height: 640, Phone: true, Dark: true})
			b.Evaluate(elongate, nil)
			require.Empty(t, evaluate[[]string](b, lost), "longer words, 320 pixels wide")
			require.Empty(t, evaluate[[]string](b, brimming), "longer words, 320 pixels wide")
			b.Evaluate(`document.documentElement.dir = 'rtl'`, nil)
			require.Empty(t, evaluate[[]string](b, lost), "longer words from right to left, 320 pixels wide")
		})
	}
}

func hindersNobody(t *testing.T, b *chrome.Browser, look string) {
	t.Helper()
	for _, violation := range judge.Axe(t, b) {
		t.Errorf("%s: %s", look, violation)
	}
}

// small finds what is hard to hit with a thumb.
const small = `[...document.querySelectorAll('button, .button, summary, select, textarea, input:not([type=hidden])')].filter(e => {
	const box = ['checkbox', 'radio'].includes(e.type) ? e.closest('.tick, .switch, label') : e;
	const r = box.getBoundingClientRect();
	return e.checkVisibility() && !e.disabled && r.height > 1 && r.height < 43.5;
}).map(e => e.outerHTML.slice(0, 120))`

// tight finds fields of a form, and buttons after them, that touch what is above them.
const tight = `[...document.querySelectorAll('form > .field, form > .field ~ .button')].filter(e => {
	let above = e.previousElementSibling;
	while (above && (!above.checkVisibility() || above.matches('.visually-hidden'))) above = above.previousElementSibling;
	const room = above && e.getBoundingClientRect().top - above.getBoundingClientRect().bottom;
	return above && e.checkVisibility() && -8 < room && room < 8; // others are beside each other
}).map(e => e.outerHTML.slice(0, 120))`

// cut finds fields for codes of either kind that a recovery code does not fit into.
const cut = `[...document.querySelectorAll('.input-code:not([inputmode])')].filter(e => {
	e.value = 'MWMW-MWMW-MWMW-MWMW';
	const lost = e.checkVisibility() && e.scrollWidth > e.clientWidth;
	e.value = '';
	return lost;
}).map(e => e.outerHTML.slice(0, 120))`

func TestOpenMenusHinderNobody(t *testing.T) {
	site, _ := serve(t)
	b := chrome.New(t)
	for _, menu := range []struct {
		selector string
		look     chrome.Shot
	}{
		{".menu-avatar", chrome.Shot{Width: 1280}},
		{".menu-avatar", chrome.Shot{Width: 390, Height: 844, Phone: true, Dark: true}},
		{".menu-phone", chrome.Shot{Width: 390, Height: 844, Phone: true}},
	} {
		visit(b, site, "office-home-filled", menu.look)
		b.Click(menu.selector + " > summary")
		for _, violation := range judge.Axe(t, b) {
			t.Error(violation)
		}
		if *shots != "" {
			menu.look.File = filepath.Join(*shots, fmt.Sprintf("open%s-%d.png", menu.selector, menu.look.Width))
			b.Screenshot(menu.look)
		}
	}
}

func visit(b *chrome.Browser, site, name string, look chrome.Shot) {
	b.Look(look)
	b.Open(site + name)
	// A browser gives autofocus the focus when it next draws the page.
	b.Evaluate(`document.querySelector('[autofocus]') && new Promise(done => {
		requestAnimationFrame(() => requestAnimationFrame(() => done(null)));
		setTimeout(() => done(null), 1000);
	})`, nil)
}

func TestShots(t *testing.T) {
	if *shots == "" {
		return
	}
	site, states := serve(t)
	b := chrome.New(t)
	phone, schemes := 390, []bool{false, true}
	if *lang != "" {
		phone, schemes = 320, []bool{false}
	}
	for _, state := range states {
		if !strings.Contains(state.Name, *only) {
			continue
		}
		for _, look := range []chrome.Shot{{Width: phone, Height: 844, Phone: true}, {Width: 1280, Height: 800}} {
			for _, dark := range schemes {
				look.Dark, look.Full = dark, true
				scheme := map[bool]string{false: "light", true: "dark"}[dark]
				look.File = filepath.Join(*shots, fmt.Sprintf("%s-%d-%s.png", state.Name, look.Width, scheme))
				visit(b, site, state.Name, look)
				b.Screenshot(look)
			}
		}
	}
}
