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
	require.Contains(t, string(css), "--accent: var(--light, "+brand.DefaultAccent+")")
	// A host's colour is fitted to our grounds: both must know the same ones.
	both := string(css) + brand.Brand{Accent: "#ffd400"}.Stylesheet()
	for name, look := range map[string]struct {
		sheet  string
		scheme int
	}{
		"light": {string(css), 2}, "dark": {string(css), 3}, "host's light": {both, 2}, "host's dark": {both, 3},
	} {
		colours := map[string]brand.Colour{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): var\(--light, (#[0-9a-f]{6})\) var\(--dark, (#[0-9a-f]{6})\);`).FindAllStringSubmatch(look.sheet, -1) {
			c, err := brand.ParseColour(m[look.scheme])
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
	require.NotRegexp(t, `localStorage|sessionStorage|indexedDB|innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|\.style\b|"paste"`, string(script))
	for _, line := range strings.Split(string(script), "\n") {
		if strings.Contains(line, "document.cookie") {
			require.Contains(t, line, "office-keys=off", "only the switch for single keys is kept")
		}
	}
}

func TestStylesheetLoadsNothing(t *testing.T) {
	css, err := os.ReadFile("static/postern.css")
	require.NoError(t, err)
	require.NotRegexp(t, `url\(|@import|@font-face`, string(css))
	require.Contains(t, string(css), "prefers-reduced-motion")
	require.Contains(t, string(css), "@media print")
}

// sided find what names the left or the right in a rule of the stylesheet. A half turn does
// not: it has no side.
var sided = []*regexp.Regexp{
	regexp.MustCompile(`(?:^|[\s;{])(?:left|right|(?:scroll-)?(?:margin|padding|border)-(?:left|right)[a-z-]*|border-(?:top|bottom)-(?:left|right)-radius)\s*:`),
	regexp.MustCompile(`(?:text-align|float|clear|(?:background|object)-position|transform-origin)[^;}]*\b(?:left|right)\b`),
	regexp.MustCompile(`(?:translate[X3d]*|rotate|skewX?|scaleX)\((?:[^()]|\([^()]*\))*\)`),
	regexp.MustCompile(`gradient\([^;]*to (?:left|right)`),
}

// TestStylesheetFollowsTheDirection: what lies on one side in English lies on the other in
// languages that are written from right to left, so rules name neither.
func TestStylesheetFollowsTheDirection(t *testing.T) {
	css, err := os.ReadFile("static/postern.css")
	require.NoError(t, err)
	text := regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllStringFunc(string(css), func(comment string) string {
		return strings.Repeat("\n", strings.Count(comment, "\n"))
	})
	for i, line := range strings.Split(text, "\n") {
		require.Empty(t, sideOf(line), "postern.css:%d names a side: write -inline-start and -inline-end, or use --forward: %s", i+1, line)
	}
	for rule, want := range map[string]bool{
		".a { left: 0; }": true, ".a { margin-right: 1px; }": true, ".a { border-left: 0; }": true, ".a { text-align: left; }": true,
		".a { padding: 1px 2px 3px 4px; }": true, ".a { border-radius: 1px 0 0 1px; }": true, ".a { box-shadow: inset 3px 0 0 red; }": true,
		".a { transform: translateX(1rem); }": true, ".a { transform: translateX(calc(1rem * var(--forward))); }": false,
		".a { padding: 1px 2px 3px 2px; }": false, ".a { transform: rotate(180deg); }": false, ".left-out .b { color: red; }": false,
		".a { border-radius: 1px 1px 0 0; }": false, ".a { box-shadow: 0 1px 2px red; }": false,
	} {
		require.Equal(t, want, sideOf(rule) != "", rule)
	}
}

var (
	four    = regexp.MustCompile(`(padding|margin|inset|border-radius|border-width)\s*:\s*([^;}]+)`)
	shadow  = regexp.MustCompile(`box-shadow\s*:\s*(?:inset )?([^;}]+)`)
	oneSize = regexp.MustCompile(`[a-z-]+\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|[^\s]+`)
)

// sideOf returns what names a side in a line of the stylesheet, or "".
func sideOf(line string) string {
	for _, pattern := range sided {
		for _, found := range pattern.FindAllString(line, -1) {
			if !strings.Contains(found, "--forward") && !strings.Contains(found, "rotate(180deg)") {
				return found
			}
		}
	}
	for _, m := range four.FindAllStringSubmatch(line, -1) {
		sizes := oneSize.FindAllString(m[2], -1)
		if len(sizes) == 4 && (m[1] != "border-radius" && sizes[1] != sizes[3] || m[1] == "border-radius" && (sizes[0] != sizes[1] || sizes[2] != sizes[3])) {
			return m[0]
		}
	}
	for _, m := range shadow.FindAllStringSubmatch(line, -1) {
		if x := oneSize.FindString(m[1]); !strings.HasPrefix(x, "0") && !strings.HasPrefix(x, "var(--shadow") && x != "none" && !strings.Contains(x, "--forward") {
			return m[0]
		}
	}
	return ""
}

// TestStylesheetSparesOtherScripts: letters that are joined, or have no capitals, are neither
// set apart nor made capitals.
func TestStylesheetSparesOtherScripts(t *testing.T) {
	css, err := os.ReadFile("static/postern.css")
	require.NoError(t, err)
	for _, line := range strings.Split(string(css), "\n") {
		if strings.Contains(line, "text-transform: ") && !strings.Contains(line, "text-transform: none") {
			require.Contains(t, line, `[dir="ltr"] `)
		}
		if strings.Contains(line, "letter-spacing: ") {
			require.Regexp(t, `:lang\(en\)|^\.input-|^  (\.input-code|font-variant-numeric: tabular-nums)`, line, "only Latin titles, and codes")
		}
	}
}

// TestScriptHasNoSentences: words are the page's, in its language.
func TestScriptHasNoSentences(t *testing.T) {
	script, err := os.ReadFile("static/postern.js")
	require.NoError(t, err)
	text := regexp.MustCompile(`(?m)(^|\s)//.*$`).ReplaceAllString(string(script), "")
	sentence := regexp.MustCompile(`"[A-Z][a-z]+( [a-z]+|[.:!?]| \()[^"]*"|\} [a-z]{2,}( [a-z]+)*` + "`" + `|"[a-z]+ [a-z]+"`)
	known := []string{`"input select"`}
	for _, found := range sentence.FindAllString(text, -1) {
		require.Contains(t, known, found, "words belong into partials/words.html")
	}
	require.True(t, sentence.MatchString(`"No matches"`) && sentence.MatchString("`${n} matches`") && sentence.MatchString(`"none yet"`))
}
