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
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/chrome"
	"github.com/postern-go/postern/tests/judge"
)

var (
	shots = flag.String("shots", "", "write pictures of every page to this folder")
	only  = flag.String("only", "", "take pictures only of pages whose name contains this")
)

func TestMarkupIsValid(t *testing.T) {
	_, documents, assets, _ := render(t)
	for path, body := range assets {
		if strings.HasSuffix(path, ".css") {
			documents[path] = body
		}
	}
	for _, finding := range judge.Markup(t, documents) {
		t.Error(finding)
	}
}

func TestPagesHinderNobody(t *testing.T) {
	site, states := serve(t)
	b := chrome.New(t)
	for _, state := range states {
		// What a scheme changes does not depend on the width, nor the reverse.
		for _, look := range []chrome.Shot{{Width: 1280}, {Width: 390, Height: 844, Phone: true, Dark: true}} {
			t.Run(fmt.Sprintf("%s/%d dark %v", state.Name, look.Width, look.Dark), func(t *testing.T) {
				visit(b, site, state.Name, look)
				for _, violation := range judge.Axe(t, b) {
					t.Error(violation)
				}
			})
		}
	}
}

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

func TestNoPageScrollsSideways(t *testing.T) {
	site, states := serve(t)
	b := chrome.New(t)
	for _, state := range states {
		t.Run(state.Name, func(t *testing.T) {
			b.Open(site + state.Name)
			for _, width := range []int{1280, 1024, 768, 320} {
				b.Look(chrome.Shot{Width: width, Height: 640, Phone: width == 320})
				require.Empty(t, evaluate[[]string](b, lost), "%d pixels wide", width)
			}
		})
	}
}

func visit(b *chrome.Browser, site, name string, look chrome.Shot) {
	b.Look(look)
	b.Open(site + name)
}

func TestShots(t *testing.T) {
	if *shots == "" {
		return
	}
	site, states := serve(t)
	b := chrome.New(t)
	for _, state := range states {
		if !strings.Contains(state.Name, *only) {
			continue
		}
		for _, look := range []chrome.Shot{{Width: 390, Height: 844, Phone: true}, {Width: 1280, Height: 800}} {
			for _, dark := range []bool{false, true} {
				look.Dark, look.Full = dark, true
				scheme := map[bool]string{false: "light", true: "dark"}[dark]
				look.File = filepath.Join(*shots, fmt.Sprintf("%s-%d-%s.png", state.Name, look.Width, scheme))
				visit(b, site, state.Name, look)
				b.Screenshot(look)
			}
		}
	}
}
