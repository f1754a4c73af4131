package gallery_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
	r, err := pages.NewRenderer(view.Config{Clock: func() time.Time { return gallery.Time }})
	require.NoError(t, err)
	return r
}

var (
	pictures = regexp.MustCompile(`data:image/png;base64,[^"]*`)
	sealed   = regexp.MustCompile(`(name="enrolment" value=)"[0-9a-f]+"`)
	states   = regexp.MustCompile(`(name="(?:revision|selection)" value="|(?:after|before)=)[A-Za-z0-9_-]{60,}`)
	here     = regexp.MustCompile(`(/account/appearance">.*name="next") value="[^"]*">`)
	sprite   = regexp.MustCompile(`(?s)<svg class="sprite".*?</svg>\n`)
	came     = regexp.MustCompile(`(name="csrf" value=)"[^"]+"`)
	kept     = regexp.MustCompile(`(kept(?:=|%3D|" value="))[a-z2-7]{26}`)
	lasts    = regexp.MustCompile(`(data-(?:unused|at-most)=)"\d+"`)
)

// masked is a document without what is new in each answer, and without its own path, its pictures
// and the shapes of its icons.
func masked(s gallery.State) string {
	html := hashes.ReplaceAllString(string(s.HTML), ".")
	html = pictures.ReplaceAllString(html, "data:image/png;base64,...")
	html = sprite.ReplaceAllString(html, "")
	html = here.ReplaceAllString(html, `$1 value="/here">`)
	html = states.ReplaceAllString(html, "${1}sealed")
	html = sealed.ReplaceAllString(html, `$1"sealed"`)
	html = strings.ReplaceAll(html, strings.ReplaceAll(s.Frame.Nonce, "+", "&#43;"), "nonce")
	if s.Frame.CSRF != "" {
		html = strings.ReplaceAll(html, s.Frame.CSRF, "csrf")
	}
	html = came.ReplaceAllString(html, `$1"csrf"`)
	html = kept.ReplaceAllString(html, `${1}id`)
	return lasts.ReplaceAllString(html, `$1"seconds"`)
}

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

// TestEveryPageLooksAsItDidBefore keeps what is around the pages once per frame,
// under the name of the first state in it, and of every page what it adds. Which
// states are in a frame is kept by itself, so that a changed frame is no change of
// the pages in it.
func TestEveryPageLooksAsItDidBefore(t *testing.T) {
	known, frames := map[string]bool{}, map[string][]string{}
	golden := func(t *testing.T, name, got string) {
		t.Helper()
		file := filepath.Join("testdata", name)
		if *update {
			require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		}
		known[name] = true
		want, err := os.ReadFile(file)
		require.NoError(t, err, "a new state needs -update")
		require.Equal(t, string(want), got)
	}
	for _, s := range gallery.All(t) {
		frame, rest := cut(t, masked(s))
		frames[frame] = append(frames[frame], s.Name)
		t.Run(s.Name, func(t *testing.T) {
			require.False(t, known[s.Name+".html"], "two states have the same name")
			golden(t, s.Name+".html", rest)
		})
	}
	t.Run("frames", func(t *testing.T) {
		var states []string
		for frame, in := range frames {
			states = append(states, "frame-of-"+strings.Join(in, "\n\t")+"\n")
			t.Run(in[0], func(t *testing.T) { golden(t, "frame-of-"+in[0]+".html", frame) })
		}
		slices.Sort(states)
		golden(t, "frames.txt", strings.Join(states, ""))
	})
	files, err := filepath.Glob("testdata/*.html")
	require.NoError(t, err)
	for _, file := range files {
		require.True(t, known[filepath.Base(file)] || t.Failed(), "%s is of no state; delete it", file)
	}
}
