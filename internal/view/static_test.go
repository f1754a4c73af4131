package view_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/brand"
)

func TestColoursCanBeRead(t *testing.T) {
	css, err := os.ReadFile("static/postern.css")
	require.NoError(t, err)
	light, dark, ok := strings.Cut(string(css), "@media (prefers-color-scheme: dark)")
	require.True(t, ok)
	dark, _, ok = strings.Cut(dark, "/* Ground */")
	require.True(t, ok)
	text := [][2]string{
		{"on-accent", "accent"}, {"on-accent", "accent-hover"}, {"accent-text", "accent-soft"},
		{"on-danger", "danger-fill"}, {"on-danger", "danger-hover"},
		{"danger", "danger-ground"}, {"warning", "warning-ground"}, {"success", "success-ground"}, {"info", "info-ground"},
	}
	for _, ground := range []string{"ground", "surface", "sunken"} {
		for _, ink := range []string{"text", "quiet", "accent-text", "danger", "success"} {
			text = append(text, [2]string{ink, ground})
		}
	}
	require.Contains(t, light, "--accent: "+brand.DefaultAccent+";")
	// A host's colour is fitted to our grounds: both must know the same ones.
	hostLight, hostDark, ok := strings.Cut(brand.Brand{Accent: "#ffd400"}.Stylesheet(), "@media")
	require.True(t, ok)
	for name, sheet := range map[string]string{
		"light": light, "dark": dark, "host's light": light + hostLight, "host's dark": dark + hostDark,
	} {
		colours := map[string]brand.Colour{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(sheet, -1) {
			c, err := brand.ParseColour(m[2])
			require.NoError(t, err)
			colours[m[1]] = c
		}
		least := func(pair [2]string, ratio float64) {
			require.Contains(t, colours, pair[0])
			require.Contains(t, colours, pair[1])
			require.GreaterOrEqual(t, brand.Contrast(colours[pair[0]], colours[pair[1]]), ratio, "%s: %s on %s", name, pair[0], pair[1])
		}
		for _, pair := range text {
			least(pair, 4.5)
		}
		// WCAG 2.2, 1.4.11: what makes a control a control.
		least([2]string{"control", "surface"}, 3)
		least([2]string{"control", "ground"}, 3)
	}
}

func TestScriptKeepsNothingAndWritesNoMarkup(t *testing.T) {
	script, err := os.ReadFile("static/postern.js")
	require.NoError(t, err)
	require.NotRegexp(t, `localStorage|sessionStorage|indexedDB|document\.cookie|innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|\.style\b|XMLHttpRequest|"paste"`, string(script))
	require.Equal(t, 1, strings.Count(string(script), "fetch("), "it asks for nothing but that the session stays")
}

func TestStylesheetLoadsNothing(t *testing.T) {
	css, err := os.ReadFile("static/postern.css")
	require.NoError(t, err)
	require.NotRegexp(t, `url\(|@import|@font-face`, string(css))
	require.Contains(t, string(css), "prefers-reduced-motion")
	require.Contains(t, string(css), "@media print")
}
