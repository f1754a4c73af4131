package gallery_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
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
	r, err := pages.NewRenderer(pages.LookConfig{Clock: sampleClock})
	require.NoError(t, err)
	return r
}

func sampleClock() time.Time { return time.Date(2026, time.March, 14, 9, 26, 53, 0, time.UTC) }

func TestEveryPageLooksAsItDidBefore(t *testing.T) {
	r := newRenderer(t)
	known := map[string]bool{}
	for _, s := range gallery.All() {
		t.Run(s.Name, func(t *testing.T) {
			require.False(t, known[s.Name], "two states have the same name")
			known[s.Name] = true
			got, err := r.Render(s.Frame, s.Page)
			require.NoError(t, err)
			got = hashes.ReplaceAll(got, []byte("."))
			file := filepath.Join("testdata", s.Name+".html")
			if *update {
				require.NoError(t, os.WriteFile(file, got, 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err, "a new state needs -update")
			require.Equal(t, string(want), string(got))
		})
	}
	files, err := filepath.Glob("testdata/*.html")
	require.NoError(t, err)
	for _, file := range files {
		name := filepath.Base(file)
		name = name[:len(name)-len(".html")]
		require.True(t, known[name] || t.Failed(), "%s is of no state; delete it", file)
	}
}
