package gallery_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/gallery"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

var update = flag.Bool("update", false, "write the golden pages anew")

// hashes are what names of assets end with; golden pages leave them out, so
// that a change of colour does not touch every page.
var hashes = regexp.MustCompile(`-[0-9a-f]{16}\.`)

func newRenderer(t testing.TB) *view.Renderer {
	t.Helper()
	r, err := pages.NewRenderer(view.Config{Clock: sampleClock})
	require.NoError(t, err)
	return r
}

func sampleClock() time.Time { return time.Date(2026, time.March, 14, 9, 26, 53, 0, time.UTC) }

// own is what a page changes outside of <main>: its title, its place in the
// navigation, the width of its card, and what it adds to the head.
var own = regexp.MustCompile(`<title>[^<]*</title>|<a href="[^"]*" aria-current="page">|<div class="gate[^"]*">|\n<meta http-equiv[^>]*>`)

// cut takes a page apart into its frame and what the page adds to it.
func cut(t *testing.T, page string) (frame, rest string) {
	t.Helper()
	before, main, found := strings.Cut(page, "<main")
	require.True(t, found)
	main, after, found := strings.Cut(main, "</main>\n")
	require.True(t, found)
	var lines []string
	for _, line := range own.FindAllString(before, -1) {
		lines = append(lines, strings.TrimSpace(line))
	}
	before = own.ReplaceAllStringFunc(before, func(found string) string {
		switch {
		case strings.HasPrefix(found, "<title>"):
			return "<title>...</title>"
		case strings.HasPrefix(found, "<a "):
			return strings.Replace(found, ` aria-current="page"`, "", 1)
		case strings.HasPrefix(found, "<div "):
			return `<div class="gate ...">`
		default:
			return ""
		}
	})
	return before + "<main>...</main>\n" + after, strings.Join(lines, "\n") + "\n<main" + main + "</main>\n"
}

// TestEveryPageLooksAsItDidBefore keeps what is around the pages once per
// frame, and of every page what it adds.
func TestEveryPageLooksAsItDidBefore(t *testing.T) {
	r := newRenderer(t)
	known := map[string]bool{}
	golden := func(t *testing.T, name, got string) {
		t.Helper()
		file := filepath.Join("testdata", name+".html")
		if *update && !known[name] {
			require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		}
		known[name] = true
		want, err := os.ReadFile(file)
		require.NoError(t, err, "a new state needs -update")
		require.Equal(t, string(want), got)
	}
	for _, s := range gallery.All() {
		t.Run(s.Name, func(t *testing.T) {
			require.False(t, known[s.Name], "two states have the same name")
			html, err := r.Render(s.Frame, s.Page)
			require.NoError(t, err)
			frame, rest := cut(t, hashes.ReplaceAllString(string(html), "."))
			if s.Frame.Operator == nil {
				golden(t, "frame-signed-out", frame)
			} else {
				golden(t, "frame-signed-in", frame)
			}
			golden(t, s.Name, rest)
		})
	}
	files, err := filepath.Glob("testdata/*.html")
	require.NoError(t, err)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".html")
		require.True(t, known[name] || t.Failed(), "%s is of no state; delete it", file)
	}
}
